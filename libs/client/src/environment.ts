/** The members of `WebSocket` that the client uses. The classes of browsers, Node and `ws` have them. */
export interface WebSocketLike {
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: unknown;
  onmessage: unknown;
  onerror: unknown;
  onclose: unknown;
  send(data: never): void;
  close(code?: number, reason?: string): void;
}

/**
 * `hide`: the page is frozen or put into the back/forward cache. `show`: it is back from there, has become visible, or
 * has its network back. Unloading a page for good fires neither.
 */
export type PageEvent = 'show' | 'hide';

/** What the client uses of the platform. Tests and Node replace parts of it. */
export interface Environment {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly WebSocket: new (url: string, protocols: string[]) => WebSocketLike;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** ≥ 0 and < 1, as `Math.random`. */
  readonly random: () => number;
  /** Calls `run` once after the delay, unless the signal aborts first. A signal serves one call at a time. */
  readonly after: (delayMs: number, run: () => void, signal: AbortSignal) => void;
  readonly isOnline: () => boolean;
  /** Calls `listener` for each page event until the signal aborts. */
  readonly onPageEvent: (listener: (event: PageEvent) => void, signal: AbortSignal) => void;
}

/** A page that comes back in other ways needs no event: its timers run again. */
const pageEvents = ['online', 'visibilitychange', 'pagehide', 'freeze'];

export function platform(): Environment {
  return {
    WebSocket: globalThis.WebSocket,
    fetch: (url, init) => fetch(url, init),
    now: Date.now,
    random: Math.random,
    after(delayMs, run, signal) {
      const timer = setTimeout(run, delayMs);
      signal.onabort = () => clearTimeout(timer);
    },
    isOnline: () => globalThis.navigator?.onLine !== false,
    onPageEvent(listener, signal) {
      for (const type of pageEvents)
        globalThis.addEventListener?.(
          type,
          (event) => {
            const isUnloading = (event as PageTransitionEvent).persisted === false;
            if (isUnloading || (type === 'visibilitychange' && document.hidden)) return;
            listener(/hide|freeze/.test(type) ? 'hide' : 'show');
          },
          // Document events reach the window in the capture phase only.
          { capture: true, signal },
        );
    },
  };
}
