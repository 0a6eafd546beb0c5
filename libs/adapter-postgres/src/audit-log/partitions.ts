import { tryLock } from '../sql/advisory-locks.ts';
import type { Sql, SqlQueries } from '../sql/sql.ts';
import { unixMsText } from './values.ts';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 3;

/** A statement that waits for a lock holds up all that come after it: so it waits briefly, and the next run tries again. */
const LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'";

/** The start of a day in UTC, Unix milliseconds. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}

export function daysAfter(day: number, days: number): number {
  return day + days * DAY_MS;
}

/** `2026-01-31`. */
export function dayText(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}

/** The table of a day's events. */
export function partitionOf(day: number): string {
  return `event_${dayText(day).replaceAll('-', '')}`;
}

/** SQL of the literal of the instant at which a day begins, independent of the session's time zone. */
function startLiteral(day: number): string {
  return `'${dayText(day)} 00:00:00+00'`;
}

/**
 * Runs work that changes partitions, if no other process does so now. Returns whether it ran.
 * @throws the driver's error where a table stays locked
 */
export function changePartitions(
  sql: Sql,
  work: (transaction: SqlQueries) => Promise<void>,
): Promise<boolean> {
  return sql.transaction(async (transaction) => {
    if (!(await tryLock(transaction, 'partitions'))) return false;
    await transaction.query(LOCK_TIMEOUT);
    await work(transaction);
    return true;
  });
}

/** Creates the partitions of today and the next three days. @param now Unix milliseconds */
export async function createNextPartitions(sql: Sql, now: number): Promise<void> {
  const days = Array.from({ length: 1 + DAYS_AHEAD }, (_, n) => daysAfter(dayOf(now), n));
  const missing = await sql.query<{ day: string }>(
    'SELECT day::text FROM unnest($1::bigint[], $2::text[]) AS needed (day, name) WHERE to_regclass(name) IS NULL',
    [days, days.map(partitionOf)],
  );
  await createPartitions(sql, missing);
}

/** The same for every kept day of which events lie outside. Those further ahead stay there: some clock is wrong. */
export async function createMissingPartitions(sql: Sql, now: number): Promise<void> {
  const days = await sql.query<{ day: string }>(
    `SELECT DISTINCT ${unixMsText("date_trunc('day', time, 'UTC')")} AS day
     FROM event_outside WHERE time >= (SELECT kept_from FROM retention) AND time < $1::timestamptz ORDER BY day`,
    [new Date(daysAfter(dayOf(now), 1 + DAYS_AHEAD)).toISOString()],
  );
  await createPartitions(sql, days);
}

/** In one transaction each, until another process does it too. */
export async function createPartitions(sql: Sql, days: readonly { readonly day: string }[]): Promise<void> {
  for (const { day } of days)
    if (!(await changePartitions(sql, (transaction) => createPartition(transaction, Number(day))))) return;
}

/** Events of that day that lie outside are moved into it. */
async function createPartition(sql: SqlQueries, day: number): Promise<void> {
  const name = partitionOf(day);
  const [before] = await sql.query<{ exists: boolean }>('SELECT to_regclass($1) IS NOT NULL AS exists', [
    name,
  ]);
  if (before?.exists) return;
  const [from, to] = [startLiteral(day), startLiteral(daysAfter(day, 1))];
  // Nobody adds rows of that day meanwhile, which would keep the partition from being attached.
  await sql.query('LOCK TABLE ONLY event IN SHARE UPDATE EXCLUSIVE MODE');
  await sql.query('LOCK TABLE event_outside IN ACCESS EXCLUSIVE MODE');
  await sql.query(`CREATE TABLE ${name} (LIKE event INCLUDING ALL)`);
  await sql.query(
    `WITH moved AS (DELETE FROM event_outside WHERE time >= timestamptz ${from} AND time < timestamptz ${to} RETURNING *)
     INSERT INTO ${name} SELECT * FROM moved`,
  );
  await sql.query(`ALTER TABLE event ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${to})`);
}
