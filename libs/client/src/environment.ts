/** As much of a `WebSocket` as the client uses: the browser's, Node's and that of `ws` are each one. */
export interface WebSocketLike {
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  binaryType: string;
  send(data: never): void;
  close(code?: number, reason?: string): void;
  onopen: unknown;
  onmessage: unknown;
  onerror: unknown;
  onclose: unknown;
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

/** The platform that this runs on. */
export function platform(): Environment {
  const { document, navigator, WebSocket } = globalThis;
  return {
    WebSocket,
    fetch: (url, init) => fetch(url, init),
    now: Date.now,
    random: Math.random,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    isOnline: () => navigator?.onLine !== false,
    onPageEvent(listen, signal) {
      const on = (target: EventTarget | undefined, type: string, tell: (event: Event) => void) =>
        target?.addEventListener?.(type, tell, { signal });
      on(globalThis, 'online', () => listen('online'));
      on(globalThis, 'offline', () => listen('offline'));
      on(globalThis, 'pageshow', () => listen('show'));
      on(globalThis, 'pagehide', (event) => (event as PageTransitionEvent).persisted && listen('hide'));
      on(document, 'resume', () => listen('show'));
      on(document, 'freeze', () => listen('hide'));
      on(document, 'visibilitychange', () => document.visibilityState === 'visible' && listen('show'));
    },
  };
}
