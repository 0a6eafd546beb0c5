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
 * connection with it), and shown when it comes back from that, or becomes visible.
 */
export type PageEvent = 'online' | 'offline' | 'show' | 'hide';

/** The platform, as the client sees it. */
export interface Environment {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly WebSocket: new (url: string, protocols: string[]) => WebSocketLike;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** From 0 to below 1, as `Math.random`. */
  readonly random: () => number;
  /** Runs something later, once. @returns what cancels it */
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly isOnline: () => boolean;
  /** Listens for what happens to the page, until the signal aborts. */
  readonly onPageEvent: (listen: (event: PageEvent) => void, signal: AbortSignal) => void;
}

const pageEvents: Readonly<Record<string, PageEvent>> = {
  online: 'online',
  offline: 'offline',
  pageshow: 'show',
  resume: 'show',
  visibilitychange: 'show',
  pagehide: 'hide',
  freeze: 'hide',
};

/** The platform that this runs on. */
export function platform(): Environment {
  return {
    WebSocket: globalThis.WebSocket,
    fetch: (url, init) => fetch(url, init),
    now: Date.now,
    random: Math.random,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    isOnline: () => globalThis.navigator?.onLine !== false,
    onPageEvent(listen, signal) {
      for (const [type, meaning] of Object.entries(pageEvents))
        globalThis.addEventListener?.(
          type,
          (event) => {
            const isPassing = (event as PageTransitionEvent).persisted === false;
            const isVanishing = type === 'visibilitychange' && document.hidden;
            if (!isPassing && !isVanishing) listen(meaning);
          },
          // Those of the document reach the window on their way down only.
          { capture: true, signal },
        );
    },
  };
}
