import { createHash } from 'node:crypto';
import { openPglite, type Sql } from '@admit-one/adapter-postgres';
import type { ReceivedEvent } from '@admit-one/core';
import { openEmptyDatabase } from '@admit-one/testkit';
import { expect, test } from 'vitest';
import { appendBatch, BATCH, fillAuditLog } from './fill-audit-log.ts';

const DAY_MS = 86_400_000;
const COUNT = 1_500;

/** Every table that an append writes, without the text of the events, their random salts and clock times. */
const tables: Readonly<Record<string, string>> = {
  event: '*',
  rollup: '*',
  event_total: '*',
  log_count: "counter, day, CASE WHEN counter <> 'storage sum' THEN count END AS count",
  partition_sequence: 'partition_key, received, announced, final, incomplete, closed, service',
  stream_generation: 'generation, name, received',
  open_connection: '*',
};

async function tablesOf(sql: Sql): Promise<Readonly<Record<string, readonly string[]>>> {
  const rows: [string, readonly string[]][] = [];
  for (const [table, columns] of Object.entries(tables)) {
    const found = await sql.query<{ row: string }>(
      `SELECT (to_jsonb(selected) - 'event' - 'stored_at' - 'salt')::text AS row FROM (SELECT ${columns} FROM ${table}) AS selected
       ORDER BY 1`,
    );
    rows.push([table, found.map(({ row }) => row)]);
  }
  return Object.fromEntries(rows);
}

/** The event of the second day that a copy stands for. */
function copyOf(event: ReceivedEvent): ReceivedEvent {
  const { issuedAt, connection } = event.data as { issuedAt?: number; connection?: string };
  const [version, trace = '', ...rest] = event.traceparent?.split('-') ?? [];
  const uuid = trace.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const copiedTrace = createHash('md5').update(`${uuid}1`).digest('hex');
  return {
    ...event,
    time: new Date(Date.parse(event.time) + DAY_MS).toISOString(),
    sequence: `1${event.sequence.slice(-9)}`.padStart(16, '0'),
    subject: event.type.startsWith('admit.ticket.') ? `${event.subject.slice(0, 41)}01` : `${event.subject}1`,
    traceparent: [version, copiedTrace, ...rest].join('-'),
    data: {
      ...event.data,
      ...(issuedAt !== undefined && { issuedAt: issuedAt + DAY_MS }),
      ...(connection !== undefined && { connection: `${connection}1` }),
    },
  } as ReceivedEvent;
}

test('a day that is copied has the tables of one that is appended', { timeout: 180_000 }, async () => {
  const copied = await openEmptyDatabase(openPglite);
  await fillAuditLog(copied, 2 * COUNT, () => {}, 2);
  const expected = await tablesOf(copied);
  await copied.close();
  for (const rows of Object.values(expected)) expect(rows).not.toEqual([]);

  const appended = await openEmptyDatabase(openPglite);
  const { log, events } = await fillAuditLog(appended, COUNT, () => {}, 1);
  for (let done = 0; done < COUNT; done += BATCH)
    await appendBatch(log, (COUNT + done) / BATCH + 1, events.slice(done, done + BATCH).map(copyOf));
  expect(await tablesOf(appended)).toEqual(expected);
  await appended.close();
});
