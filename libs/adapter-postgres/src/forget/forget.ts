import { commitPersonalValues, type Forgetting, type Forgotten, type NewEvent } from '@admit-one/core';
import { appendOwnEvents, positionAhead } from '../audit-log/own-events.ts';
import { takeLock } from '../sql/advisory-locks.ts';
import type { Sql, SqlQueries } from '../sql/sql.ts';
import { clearKeptAside } from './clear-kept-aside.ts';
import { findEvents, namesOfUser } from './find-events.ts';
import { isKept, readKept } from './kept-events.ts';
import { uncount } from './uncount.ts';

/**
 * In one transaction. Appends wait for it: they would count the same values up meanwhile.
 * @see AuditLog.forget
 */
export function forget(sql: Sql, forgetting: Forgetting): Promise<Forgotten> {
  return sql.transaction(async (transaction) => {
    if (!forgetting.dryRun) {
      await takeLock(transaction, 'ownEvents');
      await positionAhead(transaction);
    }
    return forgetWithin(transaction, forgetting);
  });
}

const PAGE = 1_000;

/** The events that are found, by number; `text` is what replaces the stored event, null where it is kept. */
const FOUND = `
  CREATE TEMPORARY TABLE forgetting (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time timestamptz NOT NULL,
    partition_key text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    text text
  ) ON COMMIT DROP`;

async function forgetWithin(sql: SqlQueries, forgetting: Forgetting): Promise<Forgotten> {
  await sql.query(FOUND);
  await findEvents(sql, forgetting);
  const { events, ids } = await replaceValues(sql, forgetting);
  const forgotten = { events, kept: events - ids.length };
  if (forgetting.dryRun) return forgotten;
  // What is found by the columns that are emptied comes first.
  await clearKeptAside(sql, await namesOfUser(sql, forgetting));
  await uncount(sql);
  await removeValues(sql);
  if (ids.length > 0) await appendOwnEvents(sql, eventsOf(ids, forgetting));
  return forgotten;
}

const REMOVE = `UPDATE event
     SET event = forgetting.text, salt = NULL, forgotten_at = now(),
         session = NULL, user_id = NULL, agent = NULL, address = NULL, prefix = NULL, attributes = NULL
     FROM forgetting
     WHERE (event.time, event.partition_key, event.sequence) =
           (forgetting.time, forgetting.partition_key, forgetting.sequence)
       AND forgetting.text IS NOT NULL AND n > $1::bigint AND n <= $1::bigint + ${PAGE}`;

/** In steps, each well below the time-out of a statement. */
async function removeValues(sql: SqlQueries): Promise<void> {
  const [row] = await sql.query<{ last: string | null }>('SELECT max(n)::text AS last FROM forgetting');
  const last = Number(row?.last ?? 0);
  for (let done = 0; done < last; done += PAGE) await sql.query(REMOVE, [done]);
}

/** Keeps an event below the size that events have elsewhere. */
const IDS_PER_EVENT = 200;

function eventsOf(
  ids: readonly string[],
  { operator, reason, source, now, traceparent }: Forgetting,
): readonly NewEvent[] {
  return Array.from({ length: Math.ceil(ids.length / IDS_PER_EVENT) }, (_, n) => ({
    ...{ type: 'admit.audit.forgotten', source, subject: source, time: now, traceparent },
    data: {
      operator,
      justification: reason,
      events: ids.slice(n * IDS_PER_EVENT, (n + 1) * IDS_PER_EVENT),
    },
  }));
}

interface Row {
  readonly n: string;
  readonly event: string;
  readonly position: string;
  readonly salt: string | null;
}

/** Puts commitments in the place of personal values. Returns how many events were found, and which of them are not kept. */
async function replaceValues(
  sql: SqlQueries,
  { now }: Forgetting,
): Promise<{ readonly events: number; readonly ids: readonly string[] }> {
  const kept = await readKept(sql, now);
  const ids: string[] = [];
  let [events, after] = [0, '0'];
  for (;;) {
    const rows = await sql.query<Row>(
      `SELECT n::text AS n, event.event, event.salt::text AS salt,
              event.generation || '.' || event.stream_sequence || '.' || event.batch_index AS position
       FROM forgetting JOIN event USING (time, partition_key, sequence)
       WHERE n > $1 ORDER BY forgetting.n LIMIT ${PAGE}`,
      [after],
    );
    const changed = rows.flatMap(({ n, event: json, position, salt }) => {
      const event = JSON.parse(json);
      if (isKept(kept, { event, position, salt })) return [];
      ids.push(event.id);
      return [{ n, text: JSON.stringify(commitPersonalValues(event, salt ?? crypto.randomUUID())) }];
    });
    await sql.query(
      `UPDATE forgetting SET text = changed.text
       FROM unnest($1::bigint[], $2::text[]) AS changed (n, text) WHERE changed.n = forgetting.n`,
      [changed.map(({ n }) => n), changed.map(({ text }) => text)],
    );
    events += rows.length;
    after = rows.at(-1)?.n ?? after;
    if (rows.length < PAGE) return { events, ids };
  }
}
