/** As much of a `WebSocket` as the client uses: the browser's, Node's and that of `ws` are each one. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  binaryType: string;
  send(data: never): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: never) => void): void;
}

/** What happens to the page: `pagehide` and `freeze` are `hide`, `pageshow`, `resume` and becoming visible are `show`. */
export type PageEvent = 'online' | 'offline' | 'show' | 'hide';

/** The platform, as the client sees it. */
export interface Environment {
  readonly fetch: typeof fetch;
  readonly WebSocket: new (url: string, protocols: string[]) => WebSocketLike;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** From 0 to below 1, as `Math.random`. */
  readonly random: () => number;
  /** Runs something later, once. @returns what cancels it */
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly isOnline: () => boolean;
  /** Listens for what happens to the page. @returns what ends it */
  readonly onPageEvent: (listen: (event: PageEvent) => void) => () => void;
}
