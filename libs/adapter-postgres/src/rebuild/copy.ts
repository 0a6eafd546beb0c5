import { AUDIT_LOG_PARTITION_KEY, type ReceivedEvent } from '@admit-one/core';
import { appendPlaced } from '../audit-log/append.ts';
import { createPartitions } from '../audit-log/partitions.ts';
import { unixMsText } from '../audit-log/values.ts';
import type { Sql } from '../sql/sql.ts';
import { type Present, REBUILD_SCHEMA } from './present.ts';

/** What is kept, and the partitions of its days. */
export async function copyRetention(database: Sql, rebuilt: Sql, { schema }: Present): Promise<void> {
  await database.query(
    `UPDATE ${REBUILD_SCHEMA}.retention AS rebuilt
     SET kept_from = present.kept_from, rollup_from = present.rollup_from, last_run_at = present.last_run_at
     FROM ${schema}.retention AS present`,
  );
  const days = await database.query<{ day: string }>(
    `SELECT ${unixMsText("to_date(right(relname, 8), 'YYYYMMDD')")} AS day
     FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
     WHERE inhparent = '${schema}.event'::regclass AND relname ~ '^event_[0-9]{8}$'`,
  );
  await createPartitions(rebuilt, days);
}

/** The generations of the stream under their numbers, as far as the stream does not have their messages. */
export async function copyGenerations(
  database: Sql,
  { schema, generation }: Present,
  first: number,
): Promise<void> {
  await database.query(
    `INSERT INTO ${REBUILD_SCHEMA}.stream_generation (generation, name, baseline, first, received, began_at)
     SELECT generation, name, baseline, first,
            CASE WHEN generation = $1 THEN received * int8multirange(int8range(0, $2)) ELSE received END, began_at
     FROM ${schema}.stream_generation`,
    [generation, first],
  );
}

export interface CopyOptions {
  readonly database: Sql;
  readonly rebuilt: Sql;
  readonly present: Present;
  /** The first message that is not copied. */
  readonly before: number;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

interface Row {
  readonly event: string;
  readonly generation: number;
  readonly stream: string | null;
  readonly sequence: string;
  readonly index: number;
  readonly salt: string | null;
  readonly forgotten_at: string | null;
}

const COLUMNS = `event, event.generation, stream_generation.name AS stream, stream_sequence::text AS sequence,
  batch_index AS index, salt::text AS salt, forgotten_at::text AS forgotten_at`;
const PAGE = 1_000;
const PROGRESS = 50_000;

/** The events of older messages, through the same statement as new ones. Returns how many. */
export async function copyEvents(options: CopyOptions): Promise<number> {
  const { database, rebuilt, present, before, onProgress, signal } = options;
  let after: readonly [generation: number, sequence: string, index: number] = [-1, '0', 0];
  let copied = 0;
  for (;;) {
    signal.throwIfAborted();
    const rows = await database.query<Row>(
      `SELECT ${COLUMNS} FROM ${present.schema}.event
       LEFT JOIN ${present.schema}.stream_generation ON stream_generation.generation = event.generation
       WHERE (event.generation, stream_sequence, batch_index) > ($1::integer, $2::bigint, $3::integer)
         AND (event.generation, stream_sequence) < ($4::integer, $5::bigint) AND partition_key <> $6
       ORDER BY event.generation, stream_sequence, batch_index LIMIT ${PAGE}`,
      [...after, present.generation, before, AUDIT_LOG_PARTITION_KEY],
    );
    await appendRows(rebuilt, rows);
    copied += rows.length;
    const last = rows.at(-1);
    if (!last) return copied;
    after = [last.generation, last.sequence, last.index];
    if (copied % PROGRESS < rows.length) onProgress(`took over ${copied} older events`);
  }
}

/**
 * The events that the audit log reported itself: they are in no stream. Returns the position to continue from, since new ones
 * are placed behind what was received.
 */
export async function copyOwnEvents(
  database: Sql,
  rebuilt: Sql,
  { schema, generation }: Present,
  from: number,
): Promise<number> {
  const [state] = await database.query<{ last: string }>(
    `SELECT (upper(received) - 1)::text AS last FROM ${schema}.stream_generation WHERE generation = $1`,
    [generation],
  );
  const rows = await database.query<Row>(
    `SELECT ${COLUMNS} FROM ${schema}.event
     LEFT JOIN ${schema}.stream_generation ON stream_generation.generation = event.generation
     WHERE partition_key = $1 AND (event.generation, stream_sequence) >= ($2::integer, $3::bigint)
     ORDER BY event.sequence`,
    [AUDIT_LOG_PARTITION_KEY, from === 0 ? 0 : generation, from],
  );
  await appendRows(rebuilt, rows);
  return Number(state?.last ?? 0);
}

async function appendRows(rebuilt: Sql, rows: readonly Row[]): Promise<void> {
  const placed = rows.map(({ event, stream, sequence, index, salt, forgotten_at: forgottenAt }) => ({
    position: { stream: stream ?? '', sequence: Number(sequence), first: 1 },
    index,
    event: JSON.parse(event) as ReceivedEvent,
    ...{ salt, forgottenAt },
  }));
  await appendPlaced(rebuilt, placed, []);
}
