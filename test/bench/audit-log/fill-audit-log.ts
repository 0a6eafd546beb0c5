import { createAuditLog, migrate, type Sql } from '@admit-one/adapter-postgres';
import type { AuditLog, ReceivedEvent } from '@admit-one/core';
import { seededEvents } from '@admit-one/port-contracts';

const DAY_MS = 86_400_000;
const DAYS = 10;

/** As many events as the audit-service gets from the stream at once under load. */
export const BATCH = 500;

/** The first day, at the same time as the days after it. */
const FIRST_DAY = Date.UTC(2026, 0, 1);

export interface FilledLog {
  readonly sql: Sql;
  readonly log: AuditLog;
  /** Unix milliseconds; exclusive. */
  readonly to: number;
  /** The events of the first day. */
  readonly events: readonly ReceivedEvent[];
}

/** The stream that the events of the first day come from, and all other appends behind it. */
export const STREAM = 'bench';

/**
 * Fills an empty database with days of events: the first by appends, and the others as copies of it whose tickets, connections
 * and traces are their own. The copies' rollup is the first day's, moved.
 */
export async function fillAuditLog(
  sql: Sql,
  count: number,
  reportProgress: (line: string) => void,
  days = DAYS,
): Promise<FilledLog> {
  await migrate(sql);
  const log = createAuditLog(sql);
  for (let day = -1; day <= days; day += 1) await createPartition(sql, FIRST_DAY + day * DAY_MS);
  const events = [
    ...seededEvents({ count: Math.ceil(count / days), from: FIRST_DAY, to: FIRST_DAY + DAY_MS }),
  ];
  for (let done = 0; done < events.length; done += BATCH)
    await appendBatch(log, done / BATCH + 1, events.slice(done, done + BATCH));
  reportProgress(`${events.length} events appended`);
  for (let day = 1; day < days; day += 1) {
    await copyFirstDay(sql, day, Math.ceil(events.length / BATCH));
    reportProgress(`${(day + 1) * events.length} events`);
  }
  await sql.query('VACUUM ANALYZE');
  return { sql, log, to: FIRST_DAY + days * DAY_MS, events };
}

export async function appendBatch(
  log: AuditLog,
  sequence: number,
  events: readonly ReceivedEvent[],
): Promise<void> {
  const position = { stream: STREAM, sequence, first: 1 };
  await log.append([{ position, events: events.map((event, index) => ({ index, event })) }]);
}

async function createPartition(sql: Sql, from: number): Promise<void> {
  const day = new Date(from).toISOString().slice(0, 10);
  const to = new Date(from + DAY_MS).toISOString();
  await sql.query(
    `CREATE TABLE IF NOT EXISTS event_${day.replaceAll('-', '')} PARTITION OF event
     FOR VALUES FROM ('${day} 00:00:00+00') TO ('${to}')`,
  );
}

const SHIFT = '$1::integer * 1000000000::bigint';

/** What differs in a copy. The text of the event stays: searches read it, and look for nothing in it. */
const copied: Readonly<Record<string, string>> = {
  time: "time + $1::integer * interval '1 day'",
  sequence: `sequence + ${SHIFT}`,
  stream_sequence: 'stream_sequence + $1::integer * $2::bigint',
  ticket: `left(ticket, 41) || lpad($1::integer::text, 2, '0')`,
  connection: `connection || $1::integer::text`,
  trace: 'md5(trace::text || $1::integer::text)::uuid',
};

/** As an append of the copies would, but for the text of the events: a test compares the tables. */
async function copyFirstDay(sql: Sql, day: number, messages: number): Promise<void> {
  const columns = await sql.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = 'event'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
  );
  const names = columns.map(({ name }) => name);
  const firstDay = `>= '${new Date(FIRST_DAY).toISOString()}'`;
  const end = `< '${new Date(FIRST_DAY + DAY_MS).toISOString()}'`;
  await sql.query(
    `INSERT INTO event (${names.join(', ')}) SELECT ${names.map((name) => copied[name] ?? name).join(', ')}
     FROM event WHERE time ${firstDay} AND time ${end}`,
    [day, messages],
  );
  await sql.query(
    `INSERT INTO rollup (dimension, value, minute, type, reason, events, count)
     SELECT dimension, value, minute + $1::integer * interval '1 day', type, reason, events, count
     FROM rollup WHERE minute ${firstDay} AND minute ${end}`,
    [day],
  );
  await sql.query('UPDATE stream_generation SET received = int8multirange(int8range(1, $1::bigint + 1))', [
    (day + 1) * messages,
  ]);
  await sql.query('UPDATE event_total SET count = count + count / $1::integer', [day]);
  await sql.query(
    `INSERT INTO log_count (counter, day, count)
     SELECT counter, day + $1::integer, count FROM log_count WHERE day ${firstDay} AND day ${end}`,
    [day],
  );
  await sql.query(
    `UPDATE partition_sequence SET received = received + (
       SELECT range_agg(int8range(lower(run) + ${SHIFT}, upper(run) + ${SHIFT}))
       FROM unnest(received) AS run WHERE upper(run) < 1000000000
     )`,
    [day],
  );
  await sql.query(
    `INSERT INTO open_connection (connection, edge, partition_key, sequence, time, synthetic, pathway)
     SELECT ${copied.connection}, edge, partition_key, ${copied.sequence}, ${copied.time}, synthetic, pathway
     FROM open_connection WHERE time ${end}`,
    [day],
  );
}
