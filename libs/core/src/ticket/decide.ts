import type { Reason } from '../reasons.ts';
import type {
  ConfirmCommand,
  ExchangeCommand,
  IssueCommand,
  RedeemCommand,
  ReleaseCommand,
  ReserveCommand,
  RevokeCommand,
  TicketCommand,
} from './commands.ts';
import type { TicketConsumed, TicketEvent, TicketReserved } from './events.ts';
import type { Ticket, TicketState } from './state.ts';

/** How long a reservation holds a ticket without a confirm. */
export const LEASE_MS = 5_000;

/** Maximum number of reservations of one ticket. */
export const MAX_RESERVATIONS = 16;

/** The result of a command: events to append (empty for a repeated command), or a rejection. */
export type Decision =
  | { readonly kind: 'accepted'; readonly events: readonly TicketEvent[] }
  | { readonly kind: 'rejected'; readonly reason: Reason; readonly connection: string | null };

type Consumed = Extract<TicketState, { status: 'consumed' }>;

const NOTHING_TO_DO: Decision = { kind: 'accepted', events: [] };

function accept(...events: TicketEvent[]): Decision {
  return { kind: 'accepted', events };
}

function reject(reason: Reason, connection: string | null = null): Decision {
  return { kind: 'rejected', reason, connection };
}

/**
 * Decides one command on one ticket. Pure and total.
 * @param now store time in Unix milliseconds
 */
export function decide(state: TicketState, command: TicketCommand, now: number): Decision {
  if (now > command.deadline) return reject('deadline_exceeded');
  switch (command.type) {
    case 'issue':
      return issue(state, command, now);
    case 'exchange':
      return exchange(state, command, now);
    case 'reserve':
      return reserve(state, command, now);
    case 'confirm':
      return confirm(state, command, now);
    case 'release':
      return release(state, command, now);
    case 'redeem':
      return redeem(state, command, now);
    case 'revoke':
      return revoke(state, command, now);
    default:
      return command satisfies never;
  }
}

function issue(state: TicketState, command: IssueCommand, now: number): Decision {
  if (state.status !== 'none') return reject('ticket_duplicate');
  const { principal, route, binding, requestedBy, ttlMs, client, lastFailure, context } = command;
  return accept({
    type: 'admit.ticket.issued',
    principal,
    route,
    ...(binding && { binding }),
    issuedAt: now,
    expiresAt: now + ttlMs,
    ...(requestedBy !== undefined && { requestedBy }),
    ...(client && { client }),
    ...(lastFailure && { lastFailure }),
    context,
  });
}

/** Issues the ticket for the handshake alone, and reserves it. A repeat finds it there, and is a reserve. */
function exchange(state: TicketState, command: ExchangeCommand, now: number): Decision {
  const reserving: ReserveCommand = { ...command, type: 'reserve' };
  if (state.status !== 'none') return reserve(state, reserving, now);
  const { principal, client, context } = command;
  const ticket: Ticket = { principal, route: context.route, issuedAt: now, expiresAt: now + LEASE_MS };
  const facts = { ...ticket, ...(client && { client }), pathway: 'jwt' as const };
  return accept(
    { type: 'admit.ticket.issued', ...facts, context },
    reserved(ticket, null, 0, reserving, now),
  );
}

function reserve(state: TicketState, command: ReserveCommand, now: number): Decision {
  switch (state.status) {
    case 'none':
      return reject('ticket_unknown');
    case 'revoked':
      return reject('ticket_revoked');
    case 'consumed':
      return state.reservation.handshake === command.handshake && !isFromElsewhere(state, command)
        ? reject('ticket_duplicate', state.connection)
        : reject('ticket_replayed', state.connection);
    case 'issued':
      return reserveFree(state.ticket, null, 0, command, now);
    case 'reserved': {
      const { reservation } = state;
      if (now >= reservation.leaseEndsAt)
        return reserveFree(state.ticket, reservation.handshake, state.reservations, command, now);
      if (reservation.handshake !== command.handshake) return reject('ticket_in_use');
      return bindingMismatch(state.ticket, command) ?? NOTHING_TO_DO;
    }
    default:
      return state satisfies never;
  }
}

/** Whether a handshake that was admitted comes from another address: someone may have read the whole request. */
function isFromElsewhere(
  { reservation: { address = null } }: Consumed,
  { context }: ReserveCommand | ConfirmCommand,
): boolean {
  return address !== null && context.address !== null && address !== context.address;
}

function reserveFree(
  ticket: Ticket,
  previousHandshake: string | null,
  reservations: number,
  command: ReserveCommand | RedeemCommand,
  now: number,
): Decision {
  if (now >= ticket.expiresAt) return reject('ticket_expired');
  const mismatch = bindingMismatch(ticket, command);
  if (mismatch) return mismatch;
  if (reservations >= MAX_RESERVATIONS) return reject('reservations_exhausted');
  return accept(reserved(ticket, previousHandshake, reservations, command, now));
}

function bindingMismatch(
  { route, binding: { origin, address, deniedRoutes } = {} }: Ticket,
  { context }: ReserveCommand | RedeemCommand,
): Decision | undefined {
  if (route !== null && route !== context.route) return reject('route_mismatch');
  if (context.route !== null && deniedRoutes?.includes(context.route)) return reject('route_mismatch');
  if (origin !== undefined && origin !== context.origin) return reject('origin_mismatch');
  if (address !== undefined && address !== context.address) return reject('address_mismatch');
  return undefined;
}

function reserved(
  ticket: Ticket,
  previousHandshake: string | null,
  reservations: number,
  command: ReserveCommand | RedeemCommand,
  now: number,
): TicketReserved {
  return {
    type: 'admit.ticket.reserved',
    principal: ticket.principal,
    handshake: command.handshake,
    leaseEndsAt: now + LEASE_MS,
    reservation: reservations + 1,
    previousHandshake,
    context: command.context,
  };
}

function confirm(state: TicketState, command: ConfirmCommand, now: number): Decision {
  switch (state.status) {
    case 'none':
      return reject('ticket_unknown');
    case 'revoked':
      return reject('ticket_revoked');
    case 'issued':
      return reject('reservation_lost');
    case 'reserved': {
      const { ticket, reservation } = state;
      if (reservation.handshake !== command.handshake) return reject('reservation_lost');
      if (now >= reservation.leaseEndsAt && now >= ticket.expiresAt) return reject('ticket_expired');
      const { upgradeStartedAt: startedAt } = command;
      const upgradeMs = startedAt === undefined ? undefined : Math.max(0, now - startedAt);
      return accept(consumed(ticket, command, command.connection, upgradeMs));
    }
    case 'consumed':
      if (state.reservation.handshake !== command.handshake)
        return reject('reservation_lost', state.connection);
      if (state.connection === command.connection) return NOTHING_TO_DO;
      return isFromElsewhere(state, command)
        ? reject('ticket_replayed', state.connection)
        : reject('reservation_lost', state.connection);
    default:
      return state satisfies never;
  }
}

function consumed(
  ticket: Ticket,
  command: ConfirmCommand | RedeemCommand,
  connection: string,
  upgradeMs?: number,
): TicketConsumed {
  return {
    type: 'admit.ticket.consumed',
    principal: ticket.principal,
    handshake: command.handshake,
    connection,
    context: command.context,
    ...(upgradeMs !== undefined && { upgradeMs }),
  };
}

function release(state: TicketState, command: ReleaseCommand, now: number): Decision {
  if (state.status !== 'reserved') return NOTHING_TO_DO;
  const { ticket, reservation } = state;
  if (reservation.handshake !== command.handshake || now >= reservation.leaseEndsAt) return NOTHING_TO_DO;
  return accept({
    type: 'admit.ticket.released',
    principal: ticket.principal,
    handshake: command.handshake,
    releasedAt: now,
    why: command.why,
    context: command.context,
  });
}

/** Reserve and confirm in one append, with the handshake as the connection. It promises one handshake key, not one connection. */
function redeem(state: TicketState, command: RedeemCommand, now: number): Decision {
  if (state.status === 'consumed')
    return state.reservation.handshake === command.handshake && isRepeatable(state, now)
      ? NOTHING_TO_DO
      : reject('ticket_replayed', state.connection);
  const decision = reserve(state, { ...command, type: 'reserve' }, now);
  if (decision.kind === 'rejected' || state.status === 'none' || state.status === 'revoked') return decision;
  return accept(...decision.events, consumed(state.ticket, command, command.handshake));
}

/** Whether a redemption can still be repeated: it has no connection to close, so a revoke has to end that. */
function isRepeatable({ reservation, connection }: Consumed, now: number): boolean {
  return connection === reservation.handshake && now < reservation.leaseEndsAt;
}

function revoke(state: TicketState, command: RevokeCommand, now: number): Decision {
  switch (state.status) {
    case 'none':
      return reject('ticket_unknown');
    case 'revoked':
      return NOTHING_TO_DO;
    case 'consumed':
      return isRepeatable(state, now)
        ? revoked(state.ticket, command)
        : reject('ticket_consumed', state.connection);
    case 'issued':
    case 'reserved':
      return revoked(state.ticket, command);
    default:
      return state satisfies never;
  }
}

function revoked({ principal }: Ticket, { why, context }: RevokeCommand): Decision {
  return accept({ type: 'admit.ticket.revoked', principal, why, context });
}
