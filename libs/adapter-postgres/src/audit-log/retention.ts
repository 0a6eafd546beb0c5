import type { Retention, StorageReport } from '@admit-one/core';
import type { Sql, SqlQueries } from '../sql/sql.ts';
import { MOST } from './count-up.ts';
import { COUNTED_FROM, DIMENSIONS } from './counts.ts';
import {
  changePartitions,
  createMissingPartitions,
  createNextPartitions,
  dayOf,
  daysAfter,
  dayText,
  partitionOf,
} from './partitions.ts';
import { timeText, unixMsText } from './values.ts';

/** How long counts by minute stay at least, and what was kept aside. */
const COUNTS_DAYS = 400;

/**
 * How many rows of counts by minute one statement deletes, and how many statements a run has for it: a process that stops waits
 * for its run. The next run goes on.
 */
const STEP_ROWS = 5_000;
const MOST_STEPS = 50;

/** More events than these outside of all partitions are not counted one by one. */
const MOST_OUTSIDE = 100_000;

/** Creates the partitions that are needed, and drops those that are not kept. Returns the dropped days, oldest first. */
export async function maintain(
  sql: Sql,
  retention: Retention,
  now: number,
  stepRows = STEP_ROWS,
): Promise<readonly string[]> {
  await createNextPartitions(sql, now);
  const dropped = await dropOldDays(sql, retention, now);
  await createMissingPartitions(sql, now);
  await expireCounts(sql, now);
  await deleteExpired(sql, stepRows);
  await sql.query('UPDATE retention SET last_run_at = clock_timestamp()');
  return dropped;
}

async function dropOldDays(sql: Sql, { days, maxBytes }: Retention, now: number): Promise<readonly string[]> {
  const today = dayOf(now);
  const dropped: string[] = [];
  await keepFrom(sql, daysAfter(today, -days));
  for (const { day, bytes } of await partitions(sql)) {
    const tooOld = day < daysAfter(today, -days);
    const tooBig = maxBytes !== null && bytes > maxBytes && day < today;
    if (!tooOld && !tooBig) break;
    const done = await changePartitions(sql, async (transaction) => {
      await keepFrom(transaction, daysAfter(day, 1));
      await transaction.query(`DROP TABLE IF EXISTS ${partitionOf(day)}`);
    });
    if (!done) break;
    dropped.push(dayText(day));
  }
  return dropped;
}

/** From here on events are kept; what is older is counted, and not stored any more. */
async function keepFrom(sql: SqlQueries, day: number): Promise<void> {
  const time = new Date(day).toISOString();
  await sql.query('UPDATE retention SET kept_from = $1 WHERE kept_from < $1::timestamptz', [time]);
  await sql.query('DELETE FROM event_outside WHERE time < (SELECT kept_from FROM retention)');
  await sql.query('DELETE FROM open_connection WHERE time < (SELECT kept_from FROM retention)');
}

interface Partition {
  readonly day: number;
  /** Of this partition and all later ones. */
  readonly bytes: number;
}

/** The partitions of days, oldest first. */
async function partitions(sql: SqlQueries): Promise<readonly Partition[]> {
  const rows = await sql.query<{ day: string; bytes: string }>(
    `SELECT day::text, sum(bytes) OVER (ORDER BY day DESC)::text AS bytes
     FROM (
       SELECT to_date(right(relname, 8), 'YYYYMMDD') AS day, pg_total_relation_size(pg_class.oid) AS bytes
       FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
       WHERE inhparent = 'event'::regclass AND relname ~ '^event_[0-9]{8}$'
     ) AS sizes ORDER BY sizes.day`,
  );
  return rows.map(({ day, bytes }) => ({ day: Date.parse(day), bytes: Number(bytes) }));
}

/** The counters of old days become one row each. Those of days whose events are kept stay: a rebuild counts them again. */
const SUM_UP = `
  WITH old AS (
    DELETE FROM log_count
    WHERE day > '-infinity' AND day < least($1::timestamptz, (SELECT kept_from FROM retention)) AT TIME ZONE 'UTC'
    RETURNING counter, count
  )
  INSERT INTO log_count (counter, day, count)
  SELECT counter, '-infinity', least(sum(count), ${MOST}) FROM old GROUP BY counter
  ON CONFLICT (counter, day) DO UPDATE SET count = least(log_count.count::numeric + excluded.count, ${MOST})`;

/** Once a day. */
async function expireCounts(sql: Sql, now: number): Promise<void> {
  const from = new Date(daysAfter(dayOf(now), -COUNTS_DAYS)).toISOString();
  await sql.transaction(async (transaction) => {
    const due = await transaction.query(
      'UPDATE retention SET rollup_from = $1 WHERE rollup_from < $1::timestamptz RETURNING one',
      [from],
    );
    if (due.length === 0) return;
    await transaction.query(SUM_UP, [from]);
    await transaction.query('DELETE FROM event_conflict WHERE stored_at < $1::timestamptz', [from]);
    await transaction.query('DELETE FROM dead_letter WHERE stored_at < $1::timestamptz', [from]);
  });
}

/** Of one dimension, so that the index of its minutes has them. Rows that another replica deletes are left to it. */
const DELETE_STEP = `
  DELETE FROM rollup WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM rollup
    WHERE minute < ${COUNTED_FROM} AND dimension = (
      SELECT dimension FROM (${DIMENSIONS}) AS counted
      WHERE EXISTS (
        SELECT FROM rollup AS old
        WHERE old.dimension = counted.dimension AND old.minute < ${COUNTED_FROM}
      ) LIMIT 1
    )
    ORDER BY minute LIMIT $1 FOR UPDATE SKIP LOCKED
  )) RETURNING true`;

/** Deletes the counts by minute that have expired, which readers don't count any more. */
async function deleteExpired(sql: Sql, stepRows: number): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const deleted = await sql.query(DELETE_STEP, [stepRows]);
    if (deleted.length === 0) return;
  }
}

interface Row {
  readonly kept_from: string | null;
  readonly last_run_at: string | null;
  readonly outside: string;
}

export async function storage(sql: Sql): Promise<StorageReport> {
  const [row] = await sql.query<Row>(
    `SELECT ${unixMsText("nullif(kept_from, '-infinity')")} AS kept_from,
            ${unixMsText('last_run_at')} AS last_run_at,
            (SELECT count(*)::text FROM (SELECT FROM event_outside LIMIT ${MOST_OUTSIDE}) AS outside) AS outside
     FROM retention`,
  );
  const [oldest] = await partitions(sql);
  return {
    oldestDay: oldest ? dayText(oldest.day) : null,
    bytes: oldest?.bytes ?? 0,
    outsideCount: Number(row?.outside ?? 0),
    keptFrom: timeOrNull(row?.kept_from),
    maintainedAt: timeOrNull(row?.last_run_at),
  };
}

function timeOrNull(milliseconds: string | null | undefined): string | null {
  return milliseconds == null ? null : timeText(milliseconds);
}
