import type { StoryEvent } from '@admit-one/audit-service/api-types';
import { expect, test } from 'vitest';
import { placesOf, visitsOf } from './lanes.ts';

function event(type: string, sinceMs: number, data: object, subject = 'ticket-1'): StoryEvent {
  const time = new Date(Date.parse('2026-01-31T12:00:00Z') + sinceMs).toISOString();
  return {
    id: `${type} ${sinceMs}`,
    type: `admit.${type}`,
    subject,
    time,
    sinceMs,
    data,
  } as unknown as StoryEvent;
}

const visit = [
  event('ticket.issued', 0, {}),
  event('ticket.reserved', 200, {}),
  event('ticket.consumed', 212, { connection: 'c-1' }),
  event('ticket.rejected', 9_000, { ticketId: 'ticket-1', reason: 'ticket_replayed', connection: 'c-1' }),
  event('connection.closed', 65_000, { reason: 'client_closed' }, 'c-1'),
];

test('a visit has a lane for its ticket and one for its connection', () => {
  const [only, ...others] = visitsOf(visit);
  expect(others).toEqual([]);
  expect(
    only?.lanes.map(({ kind, id, marks, stretches }) => ({
      lane: `${kind} ${id}`,
      marks: marks.map(({ label }) => label),
      stretches: stretches.map(({ text, kind: how }) => `${text} ${how}`),
    })),
  ).toEqual([
    {
      lane: 'ticket ticket-1',
      marks: ['issued', 'reserved', 'consumed', 'ticket replayed'],
      stretches: ['200 ms step', '12 ms step'],
    },
    { lane: 'connection c-1', marks: ['consumed', 'closed'], stretches: ['1 min 4 s open'] },
  ]);
});

test('visits are told apart, and what has no ticket is on its own', () => {
  const events = [
    event('issuance.rejected', 0, { reason: 'rate_limited' }, 'instance'),
    ...visit.map((one) => ({ ...one, sinceMs: one.sinceMs + 10 })),
    event('ticket.issued', 80_000, {}, 'ticket-2'),
  ];
  expect(visitsOf(events).map(({ id, lanes }) => [id, lanes.length])).toEqual([
    ['', 1],
    ['ticket-1', 2],
    ['ticket-2', 1],
  ]);
});

test('a longer pause is wider, and a short one can be seen', () => {
  const [first = 0, second = 0, third = 0, last = 0] = placesOf([0, 12, 212, 3_600_000]);
  expect([first, last]).toEqual([0, 1]);
  expect(second - first).toBeGreaterThan(0.1);
  expect(third - second).toBeGreaterThan(second - first);
  expect(last - third).toBeGreaterThan(third - second);
  expect(placesOf([7])).toEqual([0]);
});
