import { type AlertSeverity, type AuditLog, AuditLogError, type EventType } from '@admit-one/core';
import type { LogCondition, Series } from '@admit-one/observability';
import { type JsonReceiver, startJsonReceiver } from '@admit-one/testkit';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  type Engines,
  eventOf,
  type Fixture,
  publish,
  startEngines,
  startFixture,
} from '../audit-service.fixture.ts';
import type { AlertRule } from './rules.ts';

let engines: Engines;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.close());
beforeEach(() => engines.clear());

/** Holds while a message that is no event has not been acknowledged. */
const deadLetters: LogCondition = {
  ...{ kind: 'comparison', is: '>', value: 0 },
  quantity: { kind: 'level', metric: 'admit_audit_dead_letters', labels: {}, highestOverSeconds: 0 },
};

function rule(name: string, condition: LogCondition = deadLetters, more: Partial<AlertRule> = {}): AlertRule {
  return {
    ...{ name, condition, severity: 'page' as AlertSeverity, summary: `${name} is wrong` },
    ...{ runbook: `runbooks/${name}.md`, forMs: 0, keepFiringForMs: 0, inhibitedBy: [] },
    ...more,
  };
}

interface Started extends Fixture {
  readonly receiver: JsonReceiver;
}

function start(...alertRules: readonly AlertRule[]): Promise<Started> {
  return startOn(engines.auditLog, alertRules);
}

async function startOn(
  auditLog: AuditLog,
  alertRules: readonly AlertRule[],
  leaseMs = 60_000,
): Promise<Started> {
  const receiver = await startJsonReceiver();
  onTestFinished(() => receiver.close());
  const alerts = {
    alertmanagerUrls: [receiver.url.replace('//', '//prom:hunter2@')],
    webhookUrl: `${receiver.url}/hook/secret`,
    ...{ everyMs: 50, leaseMs },
  };
  const fixture = await startFixture(engines, { auditLog, alertRules, config: { alerts } });
  onTestFinished(() => fixture.stop());
  return { ...fixture, receiver };
}

/** Makes `deadLetters` hold, and no more. */
async function keepAside({ bus }: Fixture): Promise<void> {
  await publish(bus, [eventOf({ type: 'admit.ticket.issued', partitionkey: 'an-edge' })]);
}

async function acknowledge({ post }: Fixture): Promise<void> {
  const body = { kind: 'dead_letters', name: 'admit.event.ticket.issued', reason: 'known' };
  expect((await post('/api/v1/audit/completeness/acknowledgements', body, 'audit:acknowledge')).status).toBe(
    201,
  );
}

interface Listed {
  readonly alert: string;
  readonly status: string;
}

async function listed({ get }: Fixture): Promise<readonly Listed[]> {
  return (await get('/api/v1/audit/alerts')).body.alerts as readonly Listed[];
}

async function statusOf(fixture: Fixture, name: string): Promise<string | undefined> {
  return (await listed(fixture)).find(({ alert }) => alert === name)?.status;
}

async function eventsOf(...types: readonly EventType[]) {
  const page = await engines.auditLog.query(
    { facts: { type: { include: types } } },
    { limit: 100, order: 'asc' },
  );
  return page.events.map(({ type, data }) => ({ type, ...data }));
}

const LEADER = 'SELECT instance FROM alert_leader';
const changes = ['admit.alert.fired', 'admit.alert.resolved'] as const;

/** The posts to one of the receivers. */
function posts({ receiver }: Started, path: string) {
  return receiver.received.filter((request) => request.path === path);
}

test('an alert fires and resolves once: in the log, the audit log, the API, the metric and at the receivers', async () => {
  const fixture = await start(rule('Wrong'));
  const { logs, metric, get } = fixture;
  const labels = 'alert="Wrong",severity="page"';
  expect(await metric('admit_alerts_firing', labels)).toBe(0);
  await keepAside(fixture);
  await expect.poll(() => statusOf(fixture, 'Wrong')).toBe('firing');
  expect(await metric('admit_alerts_firing', labels)).toBe(1);
  await acknowledge(fixture);
  await expect.poll(() => statusOf(fixture, 'Wrong')).toBe('resolved');
  expect(await metric('admit_alerts_firing', labels)).toBe(0);

  await expect.poll(async () => (await eventsOf(...changes)).length).toBe(2);
  const at = expect.any(Number);
  const common = { alert: 'Wrong', severity: 'page', firedAt: at, detail: null };
  expect(await eventsOf(...changes)).toEqual([
    { ...common, type: 'admit.alert.fired', summary: 'Wrong is wrong', value: 1, inhibitedBy: null },
    { ...common, type: 'admit.alert.resolved', value: 0, durationMs: at },
  ]);
  expect(logs.named('alert_fired')).toMatchObject([
    { severity: 'CRITICAL', alert: 'Wrong', alertSeverity: 'page', runbook: 'runbooks/Wrong.md' },
  ]);
  expect(logs.named('alert_resolved')).toMatchObject([{ severity: 'INFO', alert: 'Wrong' }]);

  const time = expect.stringMatching(/Z$/);
  const { body } = await get('/api/v1/audit/alerts');
  expect(body).toEqual({
    evaluatedAt: time,
    silencesAt: expect.stringMatching(/^http:.*#\/silences$/),
    alerts: [
      {
        ...{ alert: 'Wrong', severity: 'page', status: 'resolved', summary: 'Wrong is wrong' },
        ...{ since: time, firedAt: time, resolvedAt: time, resolvesAt: null },
        ...{ value: 0, detail: null, inhibitedBy: null },
        runbook: 'runbooks/Wrong.md',
      },
    ],
  });

  await expect.poll(() => posts(fixture, '/hook/secret').length).toBe(2);
  const alert = {
    labels: { alertname: 'Wrong', severity: 'page', evaluator: 'audit-service' },
    annotations: { summary: 'Wrong is wrong', runbook: 'runbooks/Wrong.md', value: '1' },
    startsAt: time,
  };
  expect(posts(fixture, '/hook/secret').map((request) => request.body)).toMatchObject([
    {
      version: '4',
      status: 'firing',
      alerts: [{ ...alert, status: 'firing', endsAt: '0001-01-01T00:00:00Z' }],
    },
    { version: '4', status: 'resolved', alerts: [{ status: 'resolved', endsAt: time }] },
  ]);
  const sent = posts(fixture, '/api/v2/alerts');
  expect(sent[0]).toMatchObject({
    headers: { authorization: `Basic ${Buffer.from('prom:hunter2').toString('base64')}` },
    body: [{ ...alert, endsAt: time }],
  });
  const ends = sent.map(({ body }) => Date.parse((body as { endsAt: string }[])[0]?.endsAt ?? ''));
  expect(ends[0]).toBeGreaterThan(Date.now() - 60_000);
  expect(new Date(ends.at(-1) ?? 0).toISOString()).toBe(
    (body.alerts as { resolvedAt: string }[])[0]?.resolvedAt,
  );
});

test('while an alert explains another, the webhook is told about the first alone', async () => {
  const fixture = await start(
    rule('Symptom', deadLetters, { inhibitedBy: ['Cause'] }),
    rule('Cause', deadLetters, { forMs: 200 }),
  );
  await keepAside(fixture);
  await expect.poll(() => statusOf(fixture, 'Cause')).toBe('firing');
  await acknowledge(fixture);
  await expect.poll(() => statusOf(fixture, 'Cause')).toBe('resolved');
  await expect.poll(() => posts(fixture, '/hook/secret').length).toBe(2);
  const told = posts(fixture, '/hook/secret').map(({ body }) => (body as { alerts: unknown[] }).alerts);
  expect(told).toMatchObject([
    [{ labels: { alertname: 'Cause' }, status: 'firing' }],
    [{ labels: { alertname: 'Cause' }, status: 'resolved' }],
  ]);
  await expect
    .poll(() => eventsOf('admit.alert.fired'))
    .toMatchObject([
      { alert: 'Symptom', inhibitedBy: 'Cause' },
      { alert: 'Cause', inhibitedBy: null },
    ]);
  expect(fixture.logs.named('alert_fired').map(({ severity }) => severity)).toEqual(['INFO', 'CRITICAL']);
});

test('a receiver that rejects is tried again, with one line when that begins and one when it ends', async () => {
  const fixture = await start(rule('Wrong'));
  fixture.receiver.answer(503);
  await keepAside(fixture);
  const { port } = new URL(fixture.receiver.url);
  const receiver = `127.0.0.1:${port}`;
  const failures = () =>
    fixture.logs.named('alert_not_delivered').filter(({ severity }) => severity === 'ERROR');
  await expect.poll(failures).toMatchObject([{ receiver }, { receiver }]);
  fixture.receiver.answer(200);
  await expect
    .poll(() => fixture.logs.named('alerts_delivered_again'))
    .toMatchObject([{ receiver }, { receiver }]);
  expect(failures()).toHaveLength(2);
  expect(fixture.logs.text).not.toMatch(/hunter2|hook\/secret/);
});

test('a heartbeat is repeated to the Alertmanagers, and is no news for anyone else', async () => {
  const fixture = await start(rule('Watchdog', { kind: 'always' }));
  await expect.poll(() => posts(fixture, '/api/v2/alerts').length).toBeGreaterThan(2);
  expect(await fixture.metric('admit_alerts_firing', 'alert="Watchdog",severity="page"')).toBe(1);
  expect(posts(fixture, '/hook/secret')).toEqual([]);
  expect(fixture.logs.named('alert_fired')).toEqual([]);
  expect(await eventsOf(...changes)).toEqual([]);
});

test('the event names the network that a metric only counts', async () => {
  const largest: Series = { metric: 'admit_events_total', labels: { type: ['admit.handshake.rejected'] } };
  const condition: LogCondition = {
    ...{ kind: 'comparison', is: '>=', value: 3 },
    quantity: { kind: 'level', ...largest, highestOverSeconds: 0 },
  };
  const fixture = await start(rule('AdmitPrefixRejected', condition));
  await publish(
    fixture.bus,
    [1, 2, 3].map((n) => {
      const context = { address: n === 1 ? '192.0.2.1' : '198.51.100.7' };
      return eventOf({ data: { reason: 'ticket_missing', context } });
    }),
  );
  await expect
    .poll(() => eventsOf('admit.alert.fired'))
    .toMatchObject([{ alert: 'AdmitPrefixRejected', detail: 'prefix 198.51.100.0/24: 2' }]);
  expect(JSON.stringify(fixture.receiver.received)).not.toContain('198.51.100');
});

test('a service that takes over neither fires again nor forgets, and reports what is not in the audit log', async () => {
  const first = await start(rule('Wrong'), rule('Waiting', deadLetters, { forMs: 600_000 }));
  await keepAside(first);
  await expect.poll(async () => (await eventsOf('admit.alert.fired')).length).toBe(1);
  await expect.poll(() => statusOf(first, 'Waiting')).toBe('pending');
  const before = await listed(first);
  await first.stop();
  const unreported = (await engines.auditLog.alerts.records()).map((record) => ({
    ...record,
    reported: false,
  }));
  await engines.auditLog.alerts.lead('test', 60_000, true);
  await engines.auditLog.alerts.save('test', { records: unreported });
  await engines.auditLog.alerts.resign('test');

  const second = await start(rule('Wrong'), rule('Waiting', deadLetters, { forMs: 600_000 }));
  const evaluated = async () => (await second.get('/api/v1/audit/alerts')).body.evaluatedAt;
  const evaluatedAt = await evaluated();
  await expect.poll(evaluated).not.toBe(evaluatedAt);
  expect(await listed(second)).toMatchObject(
    before.map(({ alert, status, ...rest }) => ({
      alert,
      status,
      since: (rest as { since?: string }).since,
    })),
  );
  await acknowledge(second);
  await expect
    .poll(() => eventsOf(...changes))
    .toMatchObject([
      { type: 'admit.alert.fired', alert: 'Wrong' },
      { type: 'admit.alert.resolved', alert: 'Wrong' },
    ]);
  expect(second.logs.named('alert_fired')).toEqual([]);
});

function disconnect({ bus }: Fixture): void {
  Object.defineProperty(bus, 'connected', { value: false });
}

test('an instance that loses the bus leaves the alerts to one that has it, and goes on where there is none', async () => {
  const leader = async () => (await engines.sql.query<{ instance: string }>(LEADER))[0]?.instance;
  const first = await startOn(engines.auditLog, [rule('Wrong')], 600);
  await expect.poll(leader).toBe(first.instance);
  const second = await startOn(engines.auditLog, [rule('Wrong')], 600);
  disconnect(first);
  await expect.poll(leader).toBe(second.instance);
  disconnect(second);
  const evaluatedAt = async () => (await engines.auditLog.alerts.records())[0]?.evaluatedAt ?? 0;
  const before = await evaluatedAt();
  await expect.poll(evaluatedAt).toBeGreaterThan(before + 1_200);
  expect(await leader()).toBe(second.instance);
});

test('while the database does not answer, the leader goes on evaluating and tells what it finds', async () => {
  let isAway = false;
  const { alerts } = engines.auditLog;
  const answer = async <T>(asked: () => Promise<T>): Promise<T> => {
    if (isAway) throw new AuditLogError('unavailable', 'no answer');
    return asked();
  };
  const breakable: AuditLog['alerts'] = {
    ...alerts,
    lead: (...parameters) => answer(() => alerts.lead(...parameters)),
    save: (...parameters) => answer(() => alerts.save(...parameters)),
  };
  const fixture = await startOn({ ...engines.auditLog, alerts: breakable }, [rule('Wrong')]);
  await expect.poll(async () => (await engines.auditLog.alerts.records()).length).toBe(1);
  isAway = true;
  await keepAside(fixture);
  await expect.poll(() => posts(fixture, '/hook/secret').length).toBe(1);
  expect(await statusOf(fixture, 'Wrong')).toBe(undefined);
  isAway = false;
  await expect.poll(() => statusOf(fixture, 'Wrong')).toBe('firing');
  expect(await eventsOf('admit.alert.fired')).toHaveLength(1);
  expect(posts(fixture, '/hook/secret')).toHaveLength(1);
});
