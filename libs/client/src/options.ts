import type { ClientReason } from './admit-socket.ts';
import type { Environment } from './environment.ts';

/** What a token is asked for. */
export interface TokenContext {
  /**
   * Whether the token of before was refused or has expired, so that a cached one will not do: Auth0
   * `cacheMode: 'off'`, Firebase `getIdToken(true)`, Clerk `skipCache: true`.
   */
  readonly fresh: boolean;
  /** Why the attempt or connection before ended: the server's public code, or the client's own reason. */
  readonly reason: ClientReason | null;
  /** Aborts when nobody waits for the answer any longer. */
  readonly signal: AbortSignal;
}

/** What a ticket is asked for. */
export interface TicketContext extends TokenContext {
  /** The route that the ticket shall be bound to. */
  readonly route: string | undefined;
  /** How the attempt before this one failed; the body of a ticket request may pass it on. */
  readonly lastFailure: LastFailure | undefined;
}

/** The answer of `POST /api/websocket/ticket`, or as much of it as there is. */
export interface TicketReply {
  readonly ticket: string;
  readonly ticketId?: string;
  readonly expiresInSeconds?: number;
  /** Unix seconds. */
  readonly expires_at?: number;
}

/** A ticket reply, or the reason that there is none. */
export interface TicketRequestResult {
  readonly success: boolean;
  readonly ticket?: TicketReply;
  /** A public code (`REDIS_UNAVAILABLE`) decides what happens next; any other text means: try again. */
  readonly error?: string;
}

/** How an attempt, or the connection that came of it, ended. Told to the server with the next ticket request. */
export interface LastFailure {
  /** A close code or an HTTP status. */
  readonly code: number | null;
  readonly reason: string;
  readonly phase: 'token' | 'ticket' | 'connecting' | 'open';
  /** Attempts in a row that have failed. */
  readonly attempts: number;
  /** Unix milliseconds, by the client's clock. */
  readonly at: number;
}

/** The parts of a console that the lines of `debug` go to. */
export type DebugConsole = Pick<Console, 'log' | 'warn' | 'error'>;

interface CommonOptions {
  /** Where to connect: `ws:`, `wss:`, `http:`, `https:`, or a path relative to the page. */
  readonly url: string | URL;
  /** The application's own subprotocols, in its order of preference. */
  readonly protocols?: string | readonly string[];
  /** The only route that the tickets shall admit to. */
  readonly route?: string;
  /** Where the ticket goes; default `subprotocol`, which keeps it out of addresses and access logs. */
  readonly carrier?: 'subprotocol' | 'query';
  /** Reconnects by itself (default). `false` is for libraries that reconnect on their own: the first end is the last. */
  readonly reconnect?: boolean;
  /**
   * How many bytes of messages `send` may keep until there is a connection; default 0, which makes `send` throw as a
   * `WebSocket`'s does. What was sent over a connection that is lost is never sent again.
   */
  readonly bufferedBytes?: number;
  /** The time limit of each step (token, ticket, upgrade), in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** Where each step is told, for developers: `console`. Never a token or a ticket. The lines load when asked for. */
  readonly debug?: DebugConsole;
  /** Replaces parts of the platform, such as the `WebSocket` class on a Node that has none. */
  readonly environment?: Partial<Environment>;
}

export interface TokenOptions {
  /**
   * Yields the JWT of the session: called before every attempt, so it should answer from its cache unless `fresh`.
   * `null` means signed out, which stops; a throw is taken for a network fault, which is tried again.
   */
  readonly getToken: (need: TokenContext) => string | null | Promise<string | null>;
  /** Where tickets are asked for; relative to the origin of `url`; default `/api/websocket/ticket`. */
  readonly ticketUrl?: string | URL;
  /**
   * Keeps one unspent ticket ready for the next attempt, while connected: at the price of a ticket request per lifetime
   * of a ticket. It is handed out once, to the token that it was issued to.
   */
  readonly prefetch?: boolean;
  /** While migrating: after three failures to get a ticket in a row, presents the JWT itself instead. */
  readonly fallback?: 'jwt';
  /** While migrating: `false` presents the JWT itself, as before there were tickets. */
  readonly useTickets?: boolean;
  readonly getTicket?: never;
}

export interface TicketOptions {
  /**
   * Yields a new, unspent ticket: for applications whose own backend asks for it. `null` means signed out, which stops;
   * a throw is taken for a network fault, which is tried again.
   */
  readonly getTicket: (need: TicketContext) => TicketResult | Promise<TicketResult>;
  readonly getToken?: never;
  readonly ticketUrl?: never;
  readonly prefetch?: never;
  readonly fallback?: never;
  readonly useTickets?: never;
}

export type TicketResult = string | TicketReply | TicketRequestResult | null;

/** Where to connect, and who yields what it takes: `getToken`, or `getTicket` in its place. */
export type ConnectOptions = CommonOptions & (TokenOptions | TicketOptions);
