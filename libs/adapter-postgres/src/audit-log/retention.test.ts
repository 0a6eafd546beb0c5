import { type AuditLog, newId, type ReceivedEvent } from '@admit-one/core';
import { appendEvents, cloudEvent, filterOf } from '@admit-one/port-contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openAuditLog } from '../open-audit-log.ts';
import { describeOnBothEngines } from '../sql/engines.fixture.ts';
import type { Sql } from '../sql/sql.ts';
import { dayOf, daysAfter, dayText } from './partitions.ts';
import { maintain } from './retention.ts';

const NOON_MS = 12 * 3_600_000;

describeOnBothEngines((_engine, openEmpty) => {
  let sql: Sql;
  let log: AuditLog;
  const today = dayOf(Date.now());

  beforeAll(async () => {
    sql = await openEmpty();
    await openAuditLog(sql);
  });
  afterAll(() => sql?.close());

  beforeEach(async () => {
    await sql.query(
      'TRUNCATE event, event_total, event_conflict, partition_sequence, rollup, stream_generation',
    );
    for (const name of await tables()) await sql.query(`DROP TABLE ${name}`);
    await sql.query('DELETE FROM retention');
    await sql.query('INSERT INTO retention DEFAULT VALUES');
    log = await openAuditLog(sql);
  });

  /** An event at noon, so many days from today. */
  function at(days: number, sample: Parameters<typeof cloudEvent>[0] = {}): ReceivedEvent {
    return cloudEvent({ time: daysAfter(today, days) + NOON_MS, ...sample });
  }

  async function tables(): Promise<readonly string[]> {
    const rows = await sql.query<{ name: string }>(
      `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
       WHERE inhparent = 'event'::regclass AND relname <> 'event_outside' ORDER BY name`,
    );
    return rows.map(({ name }) => name);
  }

  function names(...days: readonly number[]): readonly string[] {
    return days.map((day) => `event_${dayText(daysAfter(today, day)).replaceAll('-', '')}`);
  }

  /** In which table each event is. */
  async function placed(): Promise<Readonly<Record<string, string>>> {
    const rows = await sql.query<{ name: string; key: string }>(
      'SELECT tableoid::regclass::text AS name, partition_key AS key FROM event',
    );
    return Object.fromEntries(rows.map(({ key, name }) => [key, name]));
  }

  async function stored(): Promise<readonly string[]> {
    const { events } = await log.query(filterOf({}), { limit: 100, order: 'asc' });
    return events.map(({ id }) => id);
  }

  const month = { days: 30, maxBytes: null };

  describe('partitions', () => {
    test('of today and the next three days are there when the log is opened', async () => {
      expect(await tables()).toEqual(names(0, 1, 2, 3));
    });

    test('of later days are created by and by, once, by callers at the same time', async () => {
      const tomorrow = daysAfter(today, 1) + NOON_MS;
      await Promise.all([1, 2, 3].map(() => log.maintain(month, tomorrow)));
      await log.maintain(month, tomorrow);
      expect(await tables()).toEqual(names(0, 1, 2, 3, 4));
    });

    test('take the events that came before them, and those of other times stay outside, counted', async () => {
      const [late, next, wrong] = [at(-2), at(4), at(400)] as const;
      await appendEvents(log, [late, next, wrong, at(0)]);
      expect((await log.storage()).outsideCount).toBe(3);
      await log.maintain(month, daysAfter(today, 1));
      expect(await placed()).toMatchObject({
        [late.partitionkey]: names(-2)[0],
        [next.partitionkey]: names(4)[0],
        [wrong.partitionkey]: 'event_outside',
      });
      expect(await tables()).toEqual(names(-2, 0, 1, 2, 3, 4));
      expect(await log.storage()).toMatchObject({ outsideCount: 1 });
      expect(await appendEvents(log, [late, next, wrong])).toEqual({ stored: [], conflicting: [] });
      expect(await stored()).toHaveLength(4);
    });

    test('begin at midnight UTC, whatever the time zone of the session', async () => {
      await sql.query("SET TimeZone = 'Pacific/Auckland'");
      await log.maintain(month, daysAfter(today, 2));
      await sql.query('RESET TimeZone');
      const [first, last] = [today, daysAfter(today, 1) - 1].map((time) => cloudEvent({ time })) as [
        ReceivedEvent,
        ReceivedEvent,
      ];
      await appendEvents(log, [first, last]);
      expect(await placed()).toMatchObject({
        [first.partitionkey]: names(0)[0],
        [last.partitionkey]: names(0)[0],
      });
    });
  });

  describe('retention', () => {
    test('drops whole days, keeps what they counted, and stores nothing of them again', async () => {
      const reason = newId();
      const data = { reason, count: 3 };
      const old = at(-31, { data });
      const kept = at(-30, { data });
      await appendEvents(log, [old, kept, at(0)]);
      expect(await log.maintain({ days: 40, maxBytes: null }, today)).toEqual([]);
      expect(await log.maintain(month, today)).toEqual([dayText(daysAfter(today, -31))]);
      expect(await stored()).not.toContain(old.id);
      expect(await stored()).toContain(kept.id);
      expect(await log.storage()).toMatchObject({
        ...{ oldestDay: dayText(daysAfter(today, -30)), outsideCount: 0 },
        keptFrom: new Date(daysAfter(today, -30)).toISOString(),
        maintainedAt: expect.stringMatching(/Z$/),
      });
      const forged = { ...old, subject: newId() };
      expect(await appendEvents(log, [old, kept, forged])).toEqual({ stored: [], conflicting: [] });
      expect(await log.maintain(month, today)).toEqual([]);
      const totals = (await log.totals()).filter((total) => total.reason === reason);
      expect(totals).toMatchObject([{ count: 6 }]);
    });

    test('counts an event that comes too late to be stored, once, and leaves no gap', async () => {
      await log.maintain(month, today);
      const [reason, partitionkey] = [newId(), newId()];
      const events = [1, 2, 3].map((sequence) =>
        at(sequence === 2 ? -31 : 0, { partitionkey, sequence, data: { reason } }),
      );
      expect((await appendEvents(log, events)).stored).toHaveLength(2);
      expect(await appendEvents(log, events)).toEqual({ stored: [], conflicting: [] });
      expect((await log.totals()).filter((total) => total.reason === reason)).toMatchObject([{ count: 3 }]);
      const [counted] = await sql.query<{ count: string }>(
        "SELECT sum(count)::text AS count FROM rollup WHERE dimension = 'reason' AND value = $1",
        [reason],
      );
      expect(counted).toEqual({ count: '3' });
      expect(await log.sequences({ partitionkeys: [partitionkey] })).toMatchObject([
        { first: 1, last: 3, missingCount: 0 },
      ]);
      expect(await stored()).toHaveLength(2);
    });

    test('drops the oldest days that do not fit, but never today', async () => {
      await appendEvents(log, [at(-2), at(-1), at(0)]);
      await log.maintain(month, today);
      const { bytes } = await log.storage();
      expect(await log.maintain({ days: 30, maxBytes: bytes - 1 }, today)).toEqual([
        dayText(daysAfter(today, -2)),
      ]);
      expect(await log.maintain({ days: 30, maxBytes: 1 }, today)).toEqual([dayText(daysAfter(today, -1))]);
      expect(await stored()).toHaveLength(1);
      expect((await log.storage()).bytes).toBeLessThan(bytes);
    });

    test('forgets counts by minute after 400 days, but not the totals', async () => {
      await appendEvents(log, [at(-401), at(-399)]);
      const [before] = await log.totals();
      await log.maintain(month, today);
      const rows = await sql.query("SELECT FROM rollup WHERE dimension = 'type'");
      expect(rows).toHaveLength(1);
      expect(await log.totals()).toEqual([before]);
    });

    test('keeps counts by minute for as long as events, which searches find by them', async () => {
      const old = at(-450);
      await appendEvents(log, [old, at(0)]);
      for (const _ of [1, 2]) await log.maintain({ days: 500, maxBytes: null }, today);
      expect(await stored()).toContain(old.id);
    });

    test('forgets them in small steps, goes on after a failure between two, and counts none of them meanwhile', async () => {
      await appendEvents(log, [at(-402), at(-401), at(-399)]);
      const perStatement: number[] = [];
      const watched: Sql = {
        ...sql,
        async query<Row>(text: string, parameters?: readonly unknown[]) {
          const isStep = text.includes('DELETE FROM rollup');
          if (isStep && perStatement.length === 2) throw new Error('the connection is lost');
          const rows = await sql.query<Row>(text, parameters);
          if (isStep) perStatement.push(rows.length);
          return rows;
        },
      };
      const old = () =>
        sql.query('SELECT FROM rollup WHERE minute < $1::timestamptz', [
          new Date(daysAfter(today, -400)).toISOString(),
        ]);
      const before = await old();
      await expect(maintain(watched, month, today, 1)).rejects.toThrow('the connection is lost');
      expect(perStatement).toEqual([1, 1]);
      expect(await old()).toHaveLength(before.length - 2);
      const ever = {
        from: new Date(daysAfter(today, -500)).toISOString(),
        to: new Date(today).toISOString(),
        intervalSeconds: 86_400,
      };
      const days = await log.counts(ever);
      expect(days).toMatchObject([{ time: new Date(daysAfter(today, -399)).toISOString(), count: 1 }]);
      await maintain(sql, month, today, 3);
      expect(await old()).toEqual([]);
      expect(await log.counts(ever)).toEqual(days);
    });

    test('drops nothing while a day is being read, and does it the next time', async () => {
      await appendEvents(log, [at(-2)]);
      await log.maintain(month, today);
      const retention = { days: 1, maxBytes: null };
      if (_engine === 'PGlite') return expect(await log.maintain(retention, today)).toHaveLength(1);
      await sql.transaction(async (reader) => {
        await reader.query('SELECT FROM event');
        await expect(log.maintain(retention, today)).rejects.toMatchObject({ code: 'unavailable' });
        expect((await appendEvents(log, [at(0)])).stored).toHaveLength(1);
      });
      expect(await log.maintain(retention, today)).toHaveLength(1);
    });
  });
});
