import type { ClientReason } from './admit-socket.ts';
import type { Environment } from './environment.ts';

/** The argument of `getToken`. */
export interface TokenContext {
  /**
   * Whether the last token was rejected or has expired, so that a cached one must not be used: Auth0
   * `cacheMode: 'off'`, Firebase `getIdToken(true)`, Clerk `skipCache: true`.
   */
  readonly fresh: boolean;
  /** Why the last attempt or connection ended; null at the first attempt. */
  readonly reason: ClientReason | null;
  /** Aborts when the result is no longer needed. */
  readonly signal: AbortSignal;
}

/** The argument of `getTicket`. */
export interface TicketContext extends TokenContext {
  /** The route to bind the ticket to: `route` of the options. */
  readonly route: string | undefined;
  /** How the last attempt failed, for the body of the ticket request. */
  readonly lastFailure: LastFailure | undefined;
}

/** The response of `POST /api/websocket/ticket`. Only `ticket` is required. */
export interface TicketResponse {
  readonly ticket: string;
  readonly ticketId?: string;
  readonly expiresInSeconds?: number;
  /** Unix seconds. */
  readonly expires_at?: number;
}

/** A ticket, or an error. */
export interface TicketRequestResult {
  readonly success: boolean;
  readonly ticket?: TicketResponse;
  /** A public code, such as `REDIS_UNAVAILABLE`, decides what the client does. Any other text means: retry. */
  readonly error?: string;
}

/** How an attempt or its connection ended. Sent to the server with the next ticket request. */
export interface LastFailure {
  /** A close code or an HTTP status; null if there was neither. */
  readonly code: number | null;
  readonly reason: string;
  readonly phase: 'token' | 'ticket' | 'connecting' | 'open';
  /** Failed attempts in a row. */
  readonly attempts: number;
  /** Unix milliseconds, by the client's clock. */
  readonly at: number;
}

/** The methods of `console` that the option `debug` uses. */
export type DebugConsole = Pick<Console, 'log' | 'warn' | 'error'>;

interface CommonOptions {
  /** Where to connect: `ws:`, `wss:`, `http:`, `https:`, or a path relative to the page. */
  readonly url: string | URL;
  /** The application's own subprotocols, in its order of preference. */
  readonly protocols?: string | readonly string[];
  /** Binds tickets to this route: they are valid for no other. */
  readonly route?: string;
  /** Where an upgrade carries the ticket. Default `subprotocol`, which keeps it out of URLs and access logs. */
  readonly carrier?: 'subprotocol' | 'query';
  /** Default true. `false` stops at the first failure, for libraries that reconnect themselves. */
  readonly reconnect?: boolean;
  /**
   * Bytes of messages that `send` buffers while there is no connection. Default 0: `send` throws, as `WebSocket.send`
   * does. Messages sent over a connection that is lost are never sent again.
   */
  readonly bufferedBytes?: number;
  /** The time limit of each step (token, ticket, upgrade), in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** `console` for a debug log of each step, without tokens and tickets. Its code is loaded only if this is set. */
  readonly debug?: DebugConsole;
  /** Replaces parts of the platform, such as the `WebSocket` class on a Node that has none, or all of it in tests. */
  readonly environment?: Partial<Environment>;
}

export interface TokenOptions {
  /**
   * Returns the JWT of the session. Called before every attempt, so it should use a cache unless `fresh` is set. `null`
   * means signed out and stops the client. A thrown error is `error` of the status, counts as `NETWORK` and is retried.
   */
  readonly getToken: (context: TokenContext) => string | null | Promise<string | null>;
  /**
   * The URL of ticket requests, relative to the origin of `url`. Default `/api/websocket/ticket`. With an alias of this
   * path, connections are not renewed and the reason of a failed upgrade is `NETWORK`.
   */
  readonly ticketUrl?: string | URL;
  /**
   * Keeps one unspent ticket ready while connected, so that a reconnect saves one round trip. Costs one ticket request
   * per ticket lifetime. The ticket is used once, and only with the token it was issued for.
   */
  readonly prefetch?: boolean;
  /** For a migration: after three ticket failures in a row, the JWT itself is presented instead. */
  readonly fallback?: 'jwt';
  /** For a migration: `false` presents the JWT itself and requests no tickets. */
  readonly useTickets?: boolean;
  readonly getTicket?: never;
}

export interface TicketOptions {
  /**
   * Returns a new, unspent ticket, for applications whose own backend requests it. `null` means signed out and stops the
   * client. A thrown error is `error` of the status, counts as `NETWORK` and is retried.
   */
  readonly getTicket: (context: TicketContext) => TicketResult | Promise<TicketResult>;
  readonly getToken?: never;
  readonly ticketUrl?: never;
  readonly prefetch?: never;
  readonly fallback?: never;
  readonly useTickets?: never;
}

export type TicketResult = string | TicketResponse | TicketRequestResult | null;

/** Options of `connect`. Exactly one of `getToken` and `getTicket` is required. */
export type ConnectOptions = CommonOptions & (TokenOptions | TicketOptions);
