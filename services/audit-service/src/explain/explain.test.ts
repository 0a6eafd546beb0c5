import type { CountsQuery, ValueCount } from '@admit-one/core';
import { expect, test, vi } from 'vitest';
import { explain } from './explain.ts';
import { summarize } from './summarize.ts';

const range = {
  types: undefined,
  from: '2026-01-31T11:00:00.000Z',
  to: '2026-01-31T12:00:00.000Z',
  baselineFrom: '2026-01-31T10:00:00.000Z',
};
const before = [
  { dimension: 'origin', value: 'https://old.example', count: 900, known: 900 },
  { dimension: 'edge', value: 'edge-1', count: 900, known: 900 },
] as const;
const rejected: readonly ValueCount[] = [
  { dimension: 'edge', value: 'edge-1', count: 90, known: 90 },
  { dimension: 'origin', value: 'https://new.example', count: 57, known: 60 },
  { dimension: 'reason', value: 'origin_blocked', count: 95, known: 100 },
  { dimension: 'reason', value: 'rate_limited', count: 5, known: 100 },
];

function logOf(values: readonly ValueCount[], baseline: readonly ValueCount[] = before) {
  const counted = {
    ...({ time: range.baselineFrom, type: 'admit.ticket.issued', reason: null, value: null } as const),
    count: 450,
  };
  return {
    counts: vi.fn(async (_query: CountsQuery) => (baseline.length > 0 ? [counted, counted] : [])),
    topValues: vi.fn(async ({ to }: { to: string }) => (to === range.from ? baseline : values)),
  };
}

test('what the rejections have in common comes with the meaning of their reason', async () => {
  const explanation = await explain(logOf(rejected), { ...range, reasons: undefined });
  expect(explanation).toMatchObject({
    total: 100,
    baselineTotal: 900,
    findings: [
      { dimension: 'reason', value: 'origin_blocked', share: 0.95 },
      {
        dimension: 'origin',
        value: 'https://new.example',
        count: 57,
        known: 60,
        share: 0.95,
        baselineShare: 0,
      },
    ],
    runbook: expect.stringMatching(
      /^origin_blocked: The Origin header is not in FRONTEND_ORIGINS.*docs\/reasons\.md#origin_blocked\.$/,
    ),
  });
});

test('without events in the hour before, values are listed by their share', async () => {
  const { baselineTotal, findings } = await explain(logOf(rejected, []), { ...range, reasons: undefined });
  expect(baselineTotal).toBe(0);
  expect(findings.map(({ dimension, share }) => [dimension, share])).toEqual([
    ['edge', 1],
    ['reason', 0.95],
    ['origin', 0.95],
  ]);
});

test('the minute in which the range begins is not of the hour before', async () => {
  const log = logOf(rejected);
  const from = '2026-01-31T11:00:30.5Z';
  await explain(log, { ...range, from, reasons: undefined });
  const hourBefore = { from: range.baselineFrom, to: range.from };
  expect(log.topValues.mock.calls).toMatchObject([[{ from, to: range.to }], [hourBefore]]);
  expect(log.counts.mock.calls).toEqual([[{ ...hourBefore, intervalSeconds: 3_600 }]]);
});

test('the only reason that was asked for is not among them', async () => {
  const values = rejected.filter(({ value }) => value !== 'rate_limited');
  const { findings } = await explain(logOf(values), { ...range, reasons: ['origin_blocked'] });
  expect(findings.map(({ dimension }) => dimension)).toEqual(['origin']);
});

test('asks for the rejections of the range, and for all events of the hour before', async () => {
  const log = logOf(rejected);
  await explain(log, { ...range, reasons: ['rate_limited'], types: ['admit.issuance.rejected'] });
  expect(log.topValues.mock.calls.map(([query]) => query)).toEqual([
    {
      from: range.from,
      to: range.to,
      types: ['admit.issuance.rejected'],
      reasons: ['rate_limited'],
      limit: 100,
    },
    { from: range.baselineFrom, to: range.from, limit: 100 },
  ]);
});

test('without rejections there is nothing to explain, but what the reason means', async () => {
  expect(await explain(logOf([]), { ...range, reasons: ['rate_limited'] })).toEqual({
    total: 0,
    baselineTotal: 900,
    findings: [],
    runbook: expect.stringMatching(/^rate_limited: /),
  });
  expect(await explain(logOf([]), { ...range, reasons: undefined })).toMatchObject({ runbook: null });
});

test('a summary has a row for each interval and each value that it counts by', () => {
  const [first, second] = ['2026-01-31T11:00:00.000Z', '2026-01-31T11:01:00.000Z'];
  const counts = [
    { time: first!, type: 'admit.handshake.rejected', reason: 'rate_limited', value: 'chat', count: 2 },
    { time: first!, type: 'admit.ticket.rejected', reason: 'rate_limited', value: 'chat', count: 3 },
    { time: first!, type: 'admit.ticket.issued', reason: null, value: 'chat', count: 7 },
    { time: second!, type: 'admit.ticket.issued', reason: null, value: 'news', count: 1 },
  ] as const;
  expect(summarize(counts, ['reason', 'route'])).toEqual([
    { time: first, reason: 'rate_limited', route: 'chat', count: 5 },
    { time: first, reason: null, route: 'chat', count: 7 },
    { time: second, reason: null, route: 'news', count: 1 },
  ]);
  expect(summarize(counts, ['type']).map(({ type, count }) => [type, count])).toEqual([
    ['admit.handshake.rejected', 2],
    ['admit.ticket.rejected', 3],
    ['admit.ticket.issued', 7],
    ['admit.ticket.issued', 1],
  ]);
});
