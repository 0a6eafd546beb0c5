import { type AuditLog, AuditLogError, newId, type ReceivedEvent } from '@admit-one/core';
import { appendEvents, cloudEvent, withoutPosition } from '@admit-one/port-contracts';
import { eventually, type PostgresEngine } from '@admit-one/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openAuditLog } from '../open-audit-log.ts';
import { describeOnServer, openForTest } from '../sql/engines.fixture.ts';

const TIMEOUT_MS = 2_000;

const outages: Readonly<
  Record<string, { begin(server: PostgresEngine): Promise<void>; end(server: PostgresEngine): Promise<void> }>
> = {
  paused: { begin: (server) => server.pause(), end: (server) => server.resume() },
  killed: { begin: (server) => server.kill(), end: (server) => server.start() },
};

function eventOf(partitionkey: string, sequence: number): ReceivedEvent {
  const type = 'admit.handshake.rejected' as const;
  const data = { reason: 'ticket_missing' };
  return cloudEvent({ type, data, partitionkey, sequence });
}

/** Appends one batch after the other, each until it is acknowledged, as the audit-service does. */
function startAppending(log: AuditLog) {
  const partitionkey = newId();
  const progress = { acknowledged: [] as ReceivedEvent[], failures: [] as { error: unknown; ms: number }[] };
  let stopping = false;

  async function appendOnce(batch: readonly ReceivedEvent[]): Promise<void> {
    const started = performance.now();
    try {
      await appendEvents(log, batch);
    } catch (error) {
      progress.failures.push({ error, ms: performance.now() - started });
      throw error;
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      const next = progress.acknowledged.length + 1;
      const batch = [0, 1, 2].map((n) => eventOf(partitionkey, next + n));
      await eventually(() => appendOnce(batch), { what: 'the append' });
      progress.acknowledged.push(...batch);
    }
  }

  const running = run();
  return {
    progress,
    async stop() {
      stopping = true;
      await running;
    },
    /** Resolves when as many more events have been acknowledged. */
    async more(count: number) {
      const goal = progress.acknowledged.length + count;
      await expect.poll(() => progress.acknowledged.length).toBeGreaterThanOrEqual(goal);
    },
  };
}

describeOnServer((server) => {
  async function open(): Promise<AuditLog> {
    const url = await server().createDatabase();
    const timeouts = { statementTimeoutMs: TIMEOUT_MS, connectionTimeoutMs: TIMEOUT_MS };
    const log = await openAuditLog(openForTest({ url, ...timeouts }));
    onTestFinished(() => log.close());
    return log;
  }

  test.each(Object.entries(outages))(
    'a server that is %s makes calls fail in time, and costs no acknowledged event when it is back',
    async (_name, { begin, end }) => {
      const log = await open();
      const appending = startAppending(log);
      await appending.more(30);
      await begin(server());
      // It has ended, unless the test failed before.
      onTestFinished(() => end(server()).catch(() => {}));
      await expect.poll(() => appending.progress.failures.length).toBeGreaterThanOrEqual(3);
      await end(server());
      await appending.more(30);
      await appending.stop();

      const { acknowledged, failures } = appending.progress;
      for (const { error, ms } of failures) {
        expect(error).toBeInstanceOf(AuditLogError);
        expect(error).toMatchObject({ code: 'unavailable' });
        expect(ms).toBeLessThan(10_000);
      }
      const page = await log.query({}, { limit: acknowledged.length + 10, order: 'asc' });
      const bySequence = page.events.toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1));
      expect(bySequence.map(withoutPosition)).toEqual(acknowledged);
      expect(await log.totals()).toMatchObject([{ count: acknowledged.length }]);
      expect(await log.sequences()).toMatchObject([{ last: acknowledged.length, missing: [] }]);
    },
  );

  test('closes in time while the server stands still, and leaves no socket behind', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = sockets();
    const log = await open();
    await Promise.all([log.ping(), log.ping(), log.ping()]);
    await server().pause();
    onTestFinished(() => server().resume());
    const started = performance.now();
    await log.close();
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(sockets()).toBe(before);
  });

  describe('every failure of the server is one of the audit log, and passes with its cause:', () => {
    test.each(['08006', '40001', '40P01', '53100', '53200', '53300', '57014', '57P01', '57P03', 'XX000'])(
      '%s',
      async (sqlstate) => {
        const url = await server().createDatabase();
        const sql = openForTest({ url });
        const log = await openAuditLog(sql);
        onTestFinished(() => log.close());
        await sql.query(
          `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
           AS $$ BEGIN RAISE 'out of order' USING ERRCODE = '${sqlstate}'; END $$`,
        );
        await sql.query('CREATE TRIGGER fail BEFORE INSERT ON partition_sequence EXECUTE FUNCTION fail()');
        const event = eventOf(newId(), 1);
        const failure = await appendEvents(log, [event]).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(AuditLogError);
        expect(failure).toMatchObject({
          code: 'unavailable',
          message: `the database failed: out of order (SQLSTATE ${sqlstate})`,
          cause: { code: sqlstate },
        });
        await sql.query('DROP TRIGGER fail ON partition_sequence');
        expect(await appendEvents(log, [event])).toEqual({ stored: [event], conflicting: [] });
      },
    );
  });
});
