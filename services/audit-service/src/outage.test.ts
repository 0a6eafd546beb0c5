import { openPostgres } from '@admit-one/adapter-postgres';
import { AuditLogError, type ReceivedEvent } from '@admit-one/core';
import { withoutPosition } from '@admit-one/port-contracts';
import { eventually, missingEngines, type PostgresEngine, startPostgres } from '@admit-one/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  type Engines,
  eventOf,
  type Fixture,
  publish,
  startEngines,
  startFixture,
} from './audit-service.fixture.ts';

const TIMEOUT_MS = 500;
const rejections = 'type="admit.handshake.rejected",reason="ticket_missing"';

const outages: Readonly<
  Record<string, { begin(server: PostgresEngine): Promise<void>; end(server: PostgresEngine): Promise<void> }>
> = {
  'stands still': { begin: (server) => server.pause(), end: (server) => server.resume() },
  'is killed': { begin: (server) => server.kill(), end: (server) => server.start() },
};

const missing = missingEngines('postgres');

describe.skipIf(missing)(`while PostgreSQL is away${missing ? `: ${missing}` : ''}`, () => {
  let server: PostgresEngine;
  let engines: Engines;

  beforeAll(async () => {
    server = await startPostgres();
    engines = await startEngines(async () =>
      openPostgres({
        url: server.url,
        applicationName: 'audit-service',
        statementTimeoutMs: TIMEOUT_MS,
        connectionTimeoutMs: TIMEOUT_MS,
        onError: () => {},
      }),
    );
  });
  afterAll(async () => {
    await engines?.close();
    await server?.stop();
  });

  beforeEach(() => eventually(() => engines.clear(), { what: 'an empty audit log' }));

  async function start(): Promise<Fixture> {
    const fixture = await startFixture(engines, { config: { gapGraceMs: 50 } });
    onTestFinished(() => fixture.stop());
    return fixture;
  }

  async function stored(): Promise<readonly ReceivedEvent[]> {
    const filter = { facts: { type: { include: ['admit.handshake.rejected'] } } };
    const { events } = await engines.auditLog.query(filter, { limit: 1000, order: 'asc' });
    return events.map(withoutPosition).toSorted((one, other) => (one.sequence < other.sequence ? -1 : 1));
  }

  /** A check's result is kept for a second. */
  async function failureOf(check: (() => unknown) | undefined): Promise<unknown> {
    try {
      await check?.();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  function at(logs: Fixture['logs'], severity: string, name: string): readonly unknown[] {
    return logs.named(name).filter((line) => line.severity === severity);
  }

  test.each(Object.entries(outages))(
    'because it %s, the audit log falls behind, says so once, and catches up',
    async (_name, { begin, end }) => {
      const { bus, logs, metric, service } = await start();
      const events = Array.from({ length: 300 }, (_, n) =>
        eventOf({ partitionkey: 'edge', sequence: n + 1 }),
      );
      const publishSome = async (from: number, to: number) => {
        for (let n = from; n < to; n += 10) await publish(bus, events.slice(n, n + 10));
      };
      await publishSome(0, 50);
      await expect.poll(() => metric('admit_events_total', rejections)).toBe(50);

      await begin(server);
      await publishSome(50, 300);
      await expect.poll(() => metric('admit_audit_ingest_failures_total')).toBeGreaterThanOrEqual(3);
      await expect.poll(() => metric('admit_audit_lag_seconds')).toBeGreaterThan(1);
      await expect.poll(() => failureOf(service.readiness.auditLog?.problem)).toBeInstanceOf(AuditLogError);
      await expect.poll(() => at(logs, 'WARNING', 'gap_check_failed')).toHaveLength(1);
      await expect.poll(() => at(logs, 'ERROR', 'ingest_failed')).toHaveLength(1);
      await end(server);

      await expect.poll(() => metric('admit_events_total', rejections)).toBe(300);
      await expect.poll(() => logs.named('gap_check_recovered')).toHaveLength(1);
      expect(await stored()).toEqual(events);
      expect(await engines.auditLog.sequences({ incompleteOnly: true })).toEqual([]);
      expect(logs.named('events_missing')).toEqual([]);
      expect(at(logs, 'ERROR', 'ingest_failed')).toHaveLength(1);
      expect(at(logs, 'WARNING', 'gap_check_failed')).toHaveLength(1);
      await expect.poll(() => logs.named('ingest_recovered')).toMatchObject([{ severity: 'INFO' }]);
      await expect.poll(() => failureOf(service.readiness.auditLog?.problem)).toBe(undefined);
      await publish(bus, [eventOf()]);
      await expect.poll(() => metric('admit_audit_lag_seconds')).toBeLessThan(1);
    },
  );

  test('it starts all the same, says so once, and takes up its work when it is back', async () => {
    await server.kill();
    const { bus, logs, service } = await start();
    await publish(bus, [eventOf()]);
    await expect.poll(() => at(logs, 'ERROR', 'ingest_not_started')).toHaveLength(1);
    expect(await service.readiness.ingest?.problem()).toEqual(expect.any(String));
    await server.start();
    await expect.poll(stored).toHaveLength(1);
    expect(at(logs, 'ERROR', 'ingest_not_started')).toHaveLength(1);
    expect(logs.named('ingest_started')).toHaveLength(1);
  });
});
