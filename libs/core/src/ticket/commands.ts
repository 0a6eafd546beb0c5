import type { Principal } from './state.ts';

/** Where a command came from, for its event. Everything in it is the client's or the edge's word. */
export interface CommandContext {
  /** The client's address, as far as `TRUSTED_PROXIES` lets it be known. */
  readonly address: string | null;
  readonly origin: string | null;
  /** The `User-Agent`. */
  readonly agent: string | null;
  /** The route that was asked for. */
  readonly route: string | null;
  /** Where the ticket was presented; `message`: after the upgrade, in the application's own protocol. */
  readonly carrier: 'query' | 'subprotocol' | 'message' | null;
  /** The instance that took the request. */
  readonly edge: string | null;
  /** W3C trace context of the request. */
  readonly traceparent: string | null;
}

/** Why a reservation was given back. */
export type ReleaseReason = 'client_gone' | 'handshake_failed' | 'upstream_failed' | 'draining';

interface Command {
  /** Unique per intention: a retry carries the same id, and the event ids derive from it. */
  readonly id: string;
  readonly context: CommandContext;
  /** Store time, Unix milliseconds: past it the command is refused. */
  readonly deadline: number;
}

/** What a client says of its last failure when it asks for a ticket: of much of it, nobody else can know. */
export interface LastFailure {
  /** A close code or an HTTP status; null where there was neither. */
  readonly code: number | null;
  readonly reason: string;
  /** What the client was about when it failed. */
  readonly phase: 'token' | 'ticket' | 'connecting' | 'open';
  /** How many attempts have failed since a connection was up. */
  readonly attempts: number;
  /** Unix milliseconds by the client's clock. */
  readonly at?: number;
}

export interface IssueCommand extends Command {
  readonly type: 'issue';
  readonly principal: Principal;
  readonly route: string | null;
  readonly ttlMs: number;
  readonly lastFailure?: LastFailure;
}

export interface ReserveCommand extends Command {
  readonly type: 'reserve';
  readonly handshake: string;
}

export interface ConfirmCommand extends Command {
  readonly type: 'confirm';
  readonly handshake: string;
  readonly connection: string;
}

export interface ReleaseCommand extends Command {
  readonly type: 'release';
  readonly handshake: string;
  readonly why: ReleaseReason;
}

export interface RedeemCommand extends Command {
  readonly type: 'redeem';
  readonly handshake: string;
}

export interface RevokeCommand extends Command {
  readonly type: 'revoke';
  readonly why: string;
}

export type TicketCommand =
  | IssueCommand
  | ReserveCommand
  | ConfirmCommand
  | ReleaseCommand
  | RedeemCommand
  | RevokeCommand;
