import { type EventType, eventRow, newId, type ReceivedEvent } from '@admit-one/core';
import { eventOf } from '../audit-service.fixture.ts';

export const T0 = Date.parse('2026-01-31T12:00:00Z');
export const VICTIM = '198.51.100.7';
export const THIEF = '203.0.113.9';

const principal = { issuer: 'main', session: 's-1', user: 'u-1' };

type Data = Readonly<Record<string, unknown>>;

/** Events of one ticket, each so many milliseconds after `T0`. */
export function ticketEvents(ticketId = 't-1', address: string | null = VICTIM) {
  const connection = `c-${ticketId}`;
  const handshake = `h-${ticketId}`;
  const context = { address, agent: 'browser', edge: 'edge-1', origin: 'https://app.example.com' };
  const event = (type: EventType, atMs: number, data: Data, subject = ticketId): ReceivedEvent => {
    const partitionkey = eventRow(type).numberedBy === 'store' ? `p00.${newId()}` : newId();
    return eventOf({
      type,
      subject,
      partitionkey,
      time: T0 + atMs,
      data: { principal, context, ...data },
    });
  };
  return {
    issued: (atMs = 0, data: Data = {}) => event('admit.ticket.issued', atMs, data),
    reserved: (atMs: number, data: Data = {}) => event('admit.ticket.reserved', atMs, { handshake, ...data }),
    released: (atMs: number, why: string) => event('admit.ticket.released', atMs, { handshake, why }),
    revoked: (atMs: number) => event('admit.ticket.revoked', atMs, { why: 'logout' }),
    consumed: (atMs: number, data: Data = {}) =>
      event('admit.ticket.consumed', atMs, { handshake, connection, ...data }),
    closed: (atMs: number, data: Data) =>
      event('admit.connection.closed', atMs, { connection, ticketId, ...data }, connection),
    rejected: (atMs: number, reason: string, from: Data = {}) =>
      event('admit.ticket.rejected', atMs, {
        reason,
        connection,
        handshake: 'another',
        context: { ...context, ...from },
      }),
    blocked: (atMs: number, origin: string | null, reason = 'origin_blocked') =>
      event('admit.handshake.rejected', atMs, {
        ticketId,
        reason,
        principal: null,
        context: { ...context, origin },
      }),
  };
}

export function issuanceRejected(atMs: number, reason: string): ReceivedEvent {
  return eventOf({ type: 'admit.issuance.rejected', time: T0 + atMs, data: { principal, reason } });
}

/** What `admission` has, by a server with a gate, which may have no name. */
export function gateAdmission(
  of: ReturnType<typeof ticketEvents>,
  atMs = 0,
  edge: string | null = 'gate',
): readonly ReceivedEvent[] {
  const context = { address: VICTIM, agent: 'browser', edge, origin: null };
  return [of.issued(atMs), of.reserved(atMs + 20, { context }), of.consumed(atMs + 40, { context })];
}

/** The issue, reserve and consume of a ticket. */
export function admission(of: ReturnType<typeof ticketEvents>, atMs = 0): readonly ReceivedEvent[] {
  return [of.issued(atMs), of.reserved(atMs + 20), of.consumed(atMs + 40)];
}
