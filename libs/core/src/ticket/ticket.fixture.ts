import type { CommandContext, Principal } from '../schemas.ts';
import type {
  ConfirmCommand,
  ExchangeCommand,
  IssueCommand,
  RedeemCommand,
  ReleaseCommand,
  ReserveCommand,
  RevokeCommand,
} from './commands.ts';
import { LEASE_MS } from './decide.ts';
import type {
  TicketConsumed,
  TicketEvent,
  TicketIssued,
  TicketReleased,
  TicketReserved,
  TicketRevoked,
} from './events.ts';
import { evolve } from './evolve.ts';
import { NO_TICKET, type TicketState } from './state.ts';

/** Store time at which the tickets of the tests are issued. */
export const T0 = Date.UTC(2026, 0, 1);
export const TTL_MS = 30_000;
/** The first moment at which those tickets are no longer good. */
export const EXPIRY = T0 + TTL_MS;

export const principal: Principal = {
  issuer: 'main',
  session: 'session-1',
  sessionFrom: 'sid',
  user: 'user-1',
  tokenIssuedAt: T0 / 1000 - 60,
  kid: 'key-1',
  attributes: { plan: 'free' },
};

export const context: CommandContext = {
  address: '192.0.2.1',
  origin: 'https://app.example.com',
  agent: 'test',
  route: 'chat',
  carrier: 'subprotocol',
  edge: 'edge-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

const facts = { principal, context };
const common = { id: 'command-1', context, deadline: Number.POSITIVE_INFINITY };

export function issue(over: Partial<IssueCommand> = {}): IssueCommand {
  return { type: 'issue', ...common, principal, route: null, ttlMs: TTL_MS, ...over };
}

export function exchange(handshake: string, over: Partial<ExchangeCommand> = {}): ExchangeCommand {
  return { type: 'exchange', ...common, handshake, principal, ...over };
}

export function reserve(handshake: string, over: Partial<ReserveCommand> = {}): ReserveCommand {
  return { type: 'reserve', ...common, handshake, ...over };
}

export function confirm(
  handshake: string,
  connection: string,
  over: Partial<ConfirmCommand> = {},
): ConfirmCommand {
  return { type: 'confirm', ...common, handshake, connection, ...over };
}

export function release(handshake: string, over: Partial<ReleaseCommand> = {}): ReleaseCommand {
  return { type: 'release', ...common, handshake, why: 'client_gone', ...over };
}

export function redeem(handshake: string, over: Partial<RedeemCommand> = {}): RedeemCommand {
  return { type: 'redeem', ...common, handshake, ...over };
}

export function revoke(over: Partial<RevokeCommand> = {}): RevokeCommand {
  return { type: 'revoke', ...common, why: 'logout', ...over };
}

export function issued(over: Partial<TicketIssued> = {}): TicketIssued {
  return {
    type: 'admit.ticket.issued',
    ...facts,
    route: null,
    issuedAt: T0,
    expiresAt: EXPIRY,
    ...over,
  };
}

/** The ticket's first reservation, unless `over` says otherwise. */
export function reserved(
  handshake: string,
  { at, ...over }: { readonly at: number } & Partial<TicketReserved>,
): TicketReserved {
  return {
    type: 'admit.ticket.reserved',
    ...facts,
    handshake,
    leaseEndsAt: at + LEASE_MS,
    reservation: 1,
    previousHandshake: null,
    ...over,
  };
}

export function consumed(handshake: string, connection: string): TicketConsumed {
  return { type: 'admit.ticket.consumed', ...facts, handshake, connection };
}

export function released(handshake: string, { at }: { readonly at: number }): TicketReleased {
  return { type: 'admit.ticket.released', ...facts, handshake, releasedAt: at, why: 'client_gone' };
}

export function revoked(): TicketRevoked {
  return { type: 'admit.ticket.revoked', ...facts, why: 'logout' };
}

/** A ticket as its events left it. */
export function stateAfter(...events: readonly TicketEvent[]): TicketState {
  return events.reduce(evolve, NO_TICKET);
}
