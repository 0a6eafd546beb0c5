import {
  AuditLogError,
  createStoreClock,
  newId,
  type ReceivedEvent,
  type StoredEvent,
} from '@admit-one/core';
import { createLogger } from '@admit-one/runtime';
import {
  type Case,
  digestOfSeal,
  generateSealSigningKey,
  type SealSigningKey,
  verifyCase,
  verifyExport,
} from '@admit-one/seals';
import { captureLogs } from '@admit-one/testkit';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Engines, eventOf, publish, startEngines, startFixture } from '../audit-service.fixture.ts';
import { type SealingOptions, startSealing } from './start-sealing.ts';

let engines: Engines;
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines?.close());
beforeEach(async () => {
  await engines.sql.query('TRUNCATE seal, seal_key');
  await engines.clear();
});

const key = generateSealSigningKey();

let sequence = 0;

/** Messages of the stream with one event each; the numbers are those of the messages. */
async function append(...messages: readonly number[]): Promise<readonly ReceivedEvent[]> {
  const events = messages.map((position) => {
    sequence += 1;
    return { position, event: eventOf({ partitionkey: 'ws-edge.sealed', sequence }) };
  });
  await engines.auditLog.append(
    events.map(({ position, event }) => ({
      position: { stream: 'sealed', sequence: position, first: 1 },
      events: [{ index: 0, event }],
    })),
  );
  return events.map(({ event }) => event);
}

function start(options: Partial<SealingOptions> = {}) {
  const logs = captureLogs();
  const clock = createStoreClock();
  clock.observe(Date.now());
  const report = vi.fn();
  const sealing = startSealing({
    ...{ auditLog: engines.auditLog, key, clock, instance: newId(), reporter: { report }, everyMs: 1 },
    log: createLogger({ level: 'debug', service: 'audit-service', instance: 'x', destination: logs }),
    dependencies: { isAnyDown: () => false },
    ...options,
  });
  onTestFinished(() => sealing.stop());
  return { logs, report, stop: sealing.stop };
}

async function seals() {
  return (await engines.auditLog.seals.list(0, 100)).map(({ jws }) => jws);
}

/** What an offline verification of everything says. */
async function verifyAll(events?: readonly StoredEvent[]) {
  const page = { order: 'position', limit: 1_000, cursor: '0.0.0', salts: true } as const;
  return verifyExport({
    events: events ?? (await engines.auditLog.query({}, page)).events,
    seals: await seals(),
    keys: { keys: await engines.auditLog.seals.keys() },
  });
}

/** Waits until so many events are sealed. */
async function untilSealed(count: number): Promise<void> {
  await expect.poll(verifyAll).toMatchObject({ problems: [], sealed: count });
}

test('seals what came, no more than the most at once, and tells of each seal', async () => {
  await append(1, 2, 3, 4, 5);
  const { logs, report, stop } = start({ maxEvents: 2 });
  await untilSealed(5);
  await append(6);
  await untilSealed(6);
  await stop();
  const digests = (await seals()).map(digestOfSeal);
  expect(logs.named('audit_sealed')).toMatchObject(digests.map((digest, n) => ({ number: n + 1, digest })));
  expect(report.mock.calls.map(([{ data }]) => data)).toMatchObject(
    digests.map((digest, n) => ({
      digest,
      eventCount: [2, 2, 1, 1][n],
      previousKid: n === 0 ? null : key.kid,
    })),
  );
});

test('leaves what is behind a missing message to later seals', async () => {
  await append(1, 2, 4);
  start();
  await untilSealed(2);
  await append(3);
  await untilSealed(4);
});

test('is done once by replicas that do it at once', async () => {
  await append(1, 2, 3);
  const running = Array.from({ length: 3 }, () => start({ maxEvents: 1 }));
  await untilSealed(3);
  await Promise.all(running.map(({ stop }) => stop()));
  expect(running.reduce((sum, { report }) => sum + report.mock.calls.length, 0)).toBe(3);
});

test('goes on with another key, and says so', async () => {
  const other = generateSealSigningKey();
  for (const [n, signer] of [key, other].entries()) {
    await append(n + 1);
    const { report, stop } = start({ key: signer });
    await untilSealed(n + 1);
    await stop();
    expect(report.mock.lastCall?.[0].data).toMatchObject({
      ...{ kid: signer.kid, previousKid: n === 0 ? null : key.kid },
    });
  }
});

test('waits for the next time where another replica has sealed lately', async () => {
  await append(1);
  const first = start();
  await untilSealed(1);
  await first.stop();
  await append(2);
  const query = vi.fn(engines.auditLog.query);
  const hour = { everyMs: 3_600_000 };
  // An interval that begins at once, in place of waiting for one.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  start({ ...hour, auditLog: { seals: engines.auditLog.seals, query } });
  vi.advanceTimersByTime(hour.everyMs);
  await expect.poll(() => query.mock.settledResults.length).toBeGreaterThan(0);
  expect(await seals()).toHaveLength(1);
});

test('says once that it cannot seal, and goes on afterwards', async () => {
  await append(1);
  let isDown = true;
  const { logs } = start({
    auditLog: {
      seals: engines.auditLog.seals,
      async query(filter, page) {
        if (isDown) throw new AuditLogError('unavailable', 'gone');
        return engines.auditLog.query(filter, page);
      },
    },
  });
  const warnings = () => logs.named('sealing_failed').filter(({ severity }) => severity === 'WARNING');
  await expect.poll(warnings).toHaveLength(1);
  isDown = false;
  await untilSealed(1);
  expect(warnings()).toHaveLength(1);
  expect(logs.named('sealing_recovered')).toHaveLength(1);
});

test('an export is verified with the seals and keys of the API alone', async () => {
  // Each seal is an event, which is sealed in turn. A shorter interval leaves a slow machine no time to answer.
  const fixture = await startFixture(engines, { config: { sealing: { key, everyMs: 1_000 } } });
  onTestFinished(() => fixture.stop());
  await publish(fixture.bus, [eventOf({ partitionkey: 'ws-edge.sealed', sequence: 1 })]);
  await expect.poll(async () => (await seals()).length).toBeGreaterThan(1);
  const ask = async <T>(path: string) => (await (await fixture.fetch(`/api/v1/audit/${path}`)).json()) as T;
  const { seals: listed } = await ask<{ seals: { number: number; jws: string }[] }>('seals');
  const keys = await ask<{ keys: SealSigningKey[] }>('keys');
  expect(JSON.stringify(keys)).not.toContain(key.d);
  const response = await fixture.fetch('/api/v1/audit/events?since=0.0.0', {
    headers: { accept: 'application/x-ndjson' },
  });
  const lines = (await response.text()).trim().split('\n').slice(0, -1);
  const events = lines.map((line) => JSON.parse(line) as StoredEvent);
  expect(await verifyExport({ events, seals: listed.map(({ jws }) => jws), keys })).toMatchObject({
    ...{ problems: [], seals: listed.length, kids: [key.kid] },
  });
  const { position } = events[0] as StoredEvent;
  const asked = await fixture.post('/api/v1/audit/proofs', { positions: [position, '1.999.0'] });
  const { proofs, ...proven } = asked.body as unknown as Omit<Case, 'keys'>;
  expect(asked).toMatchObject({ status: 200, body: { events: [events[0]] } });
  expect(await verifyCase({ ...proven, proofs, keys })).toMatchObject({ problems: [], proven: 1, seals: 1 });
  const [next] = (await ask<{ seals: { number: number }[] }>('seals?after=1&limit=1')).seals;
  expect(next?.number).toBe(2);
});
