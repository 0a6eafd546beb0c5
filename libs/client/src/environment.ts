/** As much of a `WebSocket` as the client uses: the browser's, Node's and that of `ws` are each one. */
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
 * What happens to the page. It is hidden when it is frozen or kept for later (a page that is gone for good takes its
 * connection with it), and shown when it comes back from that, becomes visible, or its network is back.
 */
export type PageEvent = 'show' | 'hide';

/** The platform, as the client sees it. */
export interface Environment {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly WebSocket: new (url: string, protocols: string[]) => WebSocketLike;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** From 0 to below 1, as `Math.random`. */
  readonly random: () => number;
  /** Runs something later, once, unless the signal aborts before. A signal is for one thing at a time. */
  readonly after: (delayMs: number, run: () => void, signal: AbortSignal) => void;
  readonly isOnline: () => boolean;
  /** Listens for what happens to the page, until the signal aborts. */
  readonly onPageEvent: (listen: (event: PageEvent) => void, signal: AbortSignal) => void;
}

/** A page that comes back otherwise finds its timers running again. */
const pageEvents = ['online', 'visibilitychange', 'pagehide', 'freeze'];

/** The platform that this runs on. */
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
    onPageEvent(listen, signal) {
      for (const type of pageEvents)
        globalThis.addEventListener?.(
          type,
          (event) => {
            const isUnloading = (event as PageTransitionEvent).persisted === false;
            if (isUnloading || (type === 'visibilitychange' && document.hidden)) return;
            listen(/hide|freeze/.test(type) ? 'hide' : 'show');
          },
          // Those of the document reach the window on their way down only.
          { capture: true, signal },
        );
    },
  };
}
