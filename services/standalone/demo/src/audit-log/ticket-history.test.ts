import { expect, test } from 'vitest';
import type { AuditEvent } from './audit-event.ts';
import {
  addEvent,
  reachedStages,
  rejectionsOf,
  startOf,
  type TicketHistory,
  unusedFate,
} from './ticket-history.ts';

const TICKET = 'ticket-1';

function eventAt(ms: number, type: string, data: AuditEvent['data'] = {}): AuditEvent {
  const time = new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
  const subject = TICKET;
  return {
    id: `${type}-${ms}`,
    type,
    subject,
    time,
    partitionkey: 'p00.e',
    sequence: '0000000000000001',
    data,
  };
}

function historyOf(...events: readonly AuditEvent[]): TicketHistory {
  return events.reduce(addEvent, { ticketId: TICKET, events: [] });
}

const issued = eventAt(0, 'admit.ticket.issued');
const reserved = eventAt(20, 'admit.ticket.reserved');
const consumed = eventAt(30, 'admit.ticket.consumed');
const replayed = eventAt(40, 'admit.ticket.rejected', { reason: 'ticket_replayed' });
const closed = eventAt(50, 'admit.connection.closed');

test('events are sorted by time and added once', () => {
  const { events } = historyOf(closed, issued, consumed, issued, reserved);
  expect(events).toEqual([issued, reserved, consumed, closed]);
});

test('a stage is reached by its event', () => {
  expect([...reachedStages(historyOf(issued, reserved)).keys()]).toEqual(['issued', 'reserved']);
  expect(reachedStages(historyOf(issued, reserved, consumed, replayed, closed)).get('closed')).toBe(closed);
});

test('a ticket that was reserved again has the later reservation', () => {
  const again = eventAt(6_000, 'admit.ticket.reserved');
  expect(reachedStages(historyOf(issued, reserved, again)).get('reserved')).toBe(again);
});

test('rejections have their reasons', () => {
  const lost = eventAt(60, 'admit.handshake.rejected', { reason: 'draining' });
  expect(rejectionsOf(historyOf(lost, replayed, issued)).map(({ reason }) => reason)).toEqual([
    'ticket_replayed',
    'draining',
  ]);
});

test('a ticket that no handshake presented expires unused', () => {
  const unused = historyOf(eventAt(0, 'admit.ticket.issued', { expiresAt: 30_000 }));
  expect(unusedFate(unused, 29_999)).toBe('not presented');
  expect(unusedFate(unused, 30_000)).toBe('expired unused');
  expect(unusedFate(addEvent(unused, replayed), 30_000)).toBeNull();
});

test('a history starts with its first event', () => {
  expect(startOf(historyOf(closed, issued))).toBe(Date.UTC(2026, 0, 1));
});
