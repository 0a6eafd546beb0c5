import type { AuditLog } from '@admit-one/core';
import type { RejectionError } from '@admit-one/runtime';
import { eventually } from '@admit-one/testkit';
import Fastify from 'fastify';
import { expect, onTestFinished, test, vi } from 'vitest';
import { addCountRoutes } from './count-routes.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const lastHour = { from: '2026-01-31T11:00:00.000Z', to: '2026-01-31T12:00:00.000Z' };

const cohort = {
  ...{ time: lastHour.from, route: 'chat', pathway: 'ticket' },
  ...{ issued: 9, presented: 7, consumed: 6, revoked: 1, unused: 2 },
};

function start() {
  const auditLog = {
    counts: vi.fn<AuditLog['counts']>(async () => [
      { time: lastHour.from, type: 'admit.ticket.rejected', reason: 'rate_limited', value: 'chat', count: 4 },
    ]),
    topValues: vi.fn<AuditLog['topValues']>(async () => [
      { dimension: 'reason', value: 'rate_limited', count: 4, known: 4 },
    ]),
  };
  const cohorts = vi.fn<AuditLog['cohorts']>(async () => [cohort]);
  const logCounts = async () => [{ counter: 'events admit.ticket.consumed -', total: 9, recent: 3 }];
  const app = Fastify();
  onTestFinished(() => app.close());
  app.setErrorHandler<RejectionError>(({ detail }, _request, reply) => reply.code(400).send({ detail }));
  app.setSerializerCompiler(() => JSON.stringify);
  addCountRoutes(app, { clock: { now: () => now }, auditLog: { ...auditLog, cohorts, logCounts } });
  const ask = async (query: string) => (await app.inject(`/api/v1/audit/${query}`)).json();
  return { ask, auditLog, cohorts };
}

test('a summary has the interval, what it counts by, and rows', async () => {
  const { ask, auditLog } = start();
  expect(await ask('summary?by=reason,route&interval=5m&reason=rate_limited')).toEqual({
    interval: '5m',
    by: ['reason', 'route'],
    rows: [{ time: lastHour.from, reason: 'rate_limited', route: 'chat', count: 4 }],
  });
  expect(auditLog.counts.mock.calls).toMatchObject([
    [{ ...lastHour, dimension: 'route', intervalSeconds: 300, reasons: ['rate_limited'] }],
  ]);
});

test('cohorts are what became of the tickets of each minute', async () => {
  const { ask, cohorts } = start();
  expect(await ask('cohorts')).toEqual({ rows: [cohort] });
  expect(cohorts.mock.calls).toEqual([[lastHour]]);
});

test('objectives are told for the range, and with their budgets', async () => {
  const { ask, auditLog } = start();
  const { objectives, ...range } = await ask('objectives');
  expect(range).toEqual(lastHour);
  expect(objectives[1]).toMatchObject({
    ...{ name: 'admission_success', range: { good: 0, bad: 0 } },
    budget: { days: 30, good: 3, bad: 0, remaining: 1 },
  });
  expect(auditLog.counts.mock.calls).toMatchObject([[{ ...lastHour, intervalSeconds: 86_400 }]]);
});

test('an explanation has the total, what is common, and the runbook', async () => {
  const { ask } = start();
  expect(await ask('explain?reason=rate_limited')).toEqual({
    total: 4,
    baselineTotal: 4,
    findings: [],
    runbook: expect.stringMatching(/^rate_limited: /),
  });
});

test('two of them read the audit log at once, others wait', async () => {
  const { ask, auditLog, cohorts } = start();
  let endFirst = () => {};
  let endSecond = () => {};
  cohorts.mockReturnValueOnce(new Promise((resolve) => (endFirst = () => resolve([cohort]))));
  auditLog.counts.mockReturnValueOnce(new Promise((resolve) => (endSecond = () => resolve([]))));
  const first = ask('cohorts');
  const second = ask('summary');
  await eventually(
    () => expect([cohorts.mock.calls.length, auditLog.counts.mock.calls.length]).toEqual([1, 1]),
    { what: 'both counts have begun' },
  );
  const third = ask('explain');
  // Rejected without waiting, and after the third has come.
  await ask('explain?by=reason');
  expect(auditLog.topValues).not.toHaveBeenCalled();
  endFirst();
  expect(await third).toMatchObject({ total: 4 });
  endSecond();
  expect([await first, await second]).toMatchObject([{ rows: [cohort] }, { rows: [] }]);
});

test.each([
  ['summary?q=x', 'There is no parameter "q" here, only by, interval, type, reason, from, to.'],
  ['summary?by=session', expect.stringMatching(/^by must be a list of type, reason, /)],
  ['explain?by=reason', 'There is no parameter "by" here, only type, reason, from, to.'],
  ['cohorts?from=-2d', expect.stringMatching(/must be at most 1 day\.$/)],
  ['objectives?from=-2d', expect.stringMatching(/must be at most 1 day\.$/)],
  ['explain?from=-8d', expect.stringMatching(/must be at most 7 days\.$/)],
])('%s is rejected with what is wrong', async (query, detail) => {
  expect(await start().ask(query)).toEqual({ detail });
});
