import { type LogCount, logHistograms, storageCounted } from '@admit-one/core';
import { type SloName, sloRow, slos } from '@admit-one/observability';
import { sloNames } from '@admit-one/runtime';
import { describe, expect, it, test } from 'vitest';
import { readerOf } from './log-counters.ts';
import { budgetRemaining, sloCounts } from './slo-counts.ts';

const names = Object.keys(slos) as SloName[];

/** A log with these counters. */
function logOf(counters: Readonly<Record<string, number>>): readonly LogCount[] {
  return Object.entries(counters).map(([counter, total]) => ({ counter, total, recent: total / 2 }));
}

test('every objective is a label of the metrics', () =>
  expect([...sloNames].sort()).toEqual([...names].sort()));

test.each(names)('%s is measured by events that the log has a histogram of, at one of its bounds', (name) => {
  const { good, bad } = sloRow(name);
  for (const { types, measure } of [...good, ...bad]) {
    if (!measure) continue;
    const counted = measure.of === 'storage' ? [...storageCounted] : ['admit.ticket.consumed'];
    expect([...types].sort()).toEqual([...counted].sort());
    expect(logHistograms[measure.of]).toContain(measure.seconds);
  }
});

test.each<[SloName, Readonly<Record<string, number>>, readonly [good: number, bad: number]]>([
  [
    'availability',
    {
      'events admit.ticket.issued -': 10,
      'events admit.ticket.consumed -': 8,
      'events admit.issuance.rejected store_unavailable': 1,
      'events admit.handshake.rejected draining': 3,
      'events admit.handshake.rejected origin_blocked': 1_000,
      'events admit.ticket.rejected ticket_replayed': 1_000,
      'events admit.connection.closed edge_lost': 5,
    },
    [18, 1],
  ],
  [
    'admission_success',
    { 'events admit.ticket.consumed -': 8, 'events admit.ticket.rejected ticket_expired': 2 },
    [8, 2],
  ],
  ['upgrade_latency', { 'upgrade 0': 5, 'upgrade 3': 1, 'upgrade 4': 2, 'upgrade sum': 9_999 }, [6, 2]],
  ['log_freshness', { 'storage 0': 5, 'storage 3': 1, 'storage 4': 2, 'storage 8': 1 }, [6, 3]],
])('%s of %j is %j', (name, counters, [good, bad]) => {
  expect(sloCounts(name, readerOf(logOf(counters), 'total'))).toEqual({ good, bad });
  expect(sloCounts(name, readerOf(logOf(counters), 'recent'))).toEqual({ good: good / 2, bad: bad / 2 });
});

describe('the error budget', () => {
  it.each([
    [{ good: 0, bad: 0 }, 1],
    [{ good: 99, bad: 1 }, 0],
    [{ good: 995, bad: 5 }, 0.5],
    [{ good: 98, bad: 2 }, -1],
  ])('left of %j is %d', (counts, left) => {
    expect(budgetRemaining('admission_success', counts)).toBeCloseTo(left);
  });
});
