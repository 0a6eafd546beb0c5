import type { EventCount, LogCount } from '@admit-one/core';
import { expect, test } from 'vitest';
import { countedTypes, readObjectives } from './read-objectives.ts';

const counted = (type: EventCount['type'], reason: string | null, count: number): EventCount => ({
  ...{ type, reason, count },
  time: '2026-01-31T12:00:00Z',
  value: null,
});

test('objectives have the events of the range, and what is left of the budget', () => {
  const range = [
    counted('admit.ticket.issued', null, 100),
    counted('admit.ticket.consumed', null, 40),
    counted('admit.ticket.consumed', null, 50),
    counted('admit.ticket.rejected', 'ticket_expired', 6),
    counted('admit.ticket.rejected', 'ticket_replayed', 7),
    counted('admit.handshake.rejected', 'store_unavailable', 4),
  ];
  const totals: readonly LogCount[] = [
    { counter: 'events admit.ticket.consumed -', total: 5_000, recent: 1_000 },
    { counter: 'events admit.ticket.rejected ticket_expired', total: 50, recent: 5 },
  ];
  const [availability, admissions, latency] = readObjectives(range, totals);
  expect(availability).toMatchObject({ name: 'availability', range: { good: 190, bad: 4 } });
  expect(admissions).toMatchObject({
    ...{ name: 'admission_success', objective: 0.99, range: { good: 90, bad: 10 } },
    budget: { days: 30, good: 1_000, bad: 5, remaining: expect.closeTo(1 - 5 / 10.05) },
  });
  expect(latency).toMatchObject({ range: null, budget: { good: 0, bad: 0, remaining: 1 } });
  expect(countedTypes).toContain('admit.handshake.rejected');
});
