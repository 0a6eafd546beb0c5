import { AUDIT_LOG_PARTITION_KEY, type StreamExtent, type StreamReader } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { RebuildError } from './rebuild-error.ts';

/** The schema of the tables that are built again. */
export const REBUILD_SCHEMA = 'audit_rebuild';

/** The tables that the services use. */
export interface Present {
  /** As SQL writes it. */
  readonly schema: string;
  /** Of the stream that events come from now. */
  readonly generation: number;
  readonly stream: string;
}

interface Row {
  readonly schema: string;
  readonly generation: number | null;
  readonly name: string | null;
}

/** @throws {RebuildError} where nothing was ever stored */
export async function readPresent(database: Sql): Promise<Present> {
  const [row] = await database.query<Row>(
    `SELECT quote_ident(current_schema()) AS schema, generation, name
     FROM (SELECT) AS always LEFT JOIN stream_generation ON true
     ORDER BY generation DESC NULLS LAST LIMIT 1`,
  );
  if (!row || row.generation === null || row.name === null)
    throw new RebuildError('the audit log has never received an event: there is nothing to rebuild');
  return { schema: row.schema, generation: row.generation, stream: row.name };
}

/** Why values that are hidden would come to light. */
export const PSEUDONYMS =
  'the audit log stores pseudonyms (AUDIT_PSEUDONYMIZE), and the event stream has the values: a rebuild would store these';

/**
 * The extent of the stream, if all that was ever stored can be read from it.
 * @param keepOlder or taken over from the present tables
 * @throws {RebuildError} otherwise
 */
export async function checkReach(
  database: Sql,
  present: Present,
  stream: StreamReader,
  keepOlder: boolean,
): Promise<StreamExtent> {
  const [stored] = await database.query<{ pseudonyms: boolean }>(
    `SELECT EXISTS (
       SELECT FROM event WHERE user_id LIKE 'pseudonym:%' OR agent LIKE 'pseudonym:%'
     ) AS pseudonyms`,
  );
  if (stored?.pseudonyms) throw new RebuildError(PSEUDONYMS);
  const extent = await stream.extent();
  if (extent.stream !== present.stream)
    throw new RebuildError(
      'the event stream is not the one that the audit log last received from: start the audit-service, and wait until it has stored an event',
    );
  if (keepOlder) return extent;
  const [older] = await database.query<{ found: boolean }>(
    `SELECT EXISTS (
       SELECT FROM event
       WHERE (generation, stream_sequence) < ($1::integer, $2::bigint) AND partition_key <> $3
     ) OR EXISTS (
       SELECT FROM stream_generation WHERE generation < $1 OR lower(received) < $2
     ) AS found`,
    [present.generation, extent.first, AUDIT_LOG_PARTITION_KEY],
  );
  if (older?.found)
    throw new RebuildError(
      `the event stream does not reach back far enough: it begins at ${present.generation}.${extent.first}.0, and the audit log is older. With --keep-older, the older events are taken over from the present tables, unchecked`,
    );
  return extent;
}
