import type { Acknowledgement, AcknowledgementKind, KeptAside, StoredAcknowledgement } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { HOLES, KEYS } from './sequences.ts';
import { LOST_MESSAGES, MISSING_MESSAGES } from './streams.ts';
import { storable, timeText, unixMsText } from './values.ts';

const MOST_LISTED = 100;

/** What each kind takes out of the counts, by name. Returns a row where something was wrong. */
const ACKNOWLEDGE: Readonly<Record<AcknowledgementKind, string>> = {
  partition: `
    UPDATE partition_sequence AS acknowledging
    SET acknowledged = acknowledging.acknowledged + wrong.holes,
        hole_since = clock_timestamp(),
        tail_acknowledged_at = CASE WHEN wrong.state = 'tail_unknown' THEN clock_timestamp()
                                    ELSE acknowledging.tail_acknowledged_at END
    FROM (SELECT partition_key, state, ${HOLES} - acknowledged AS holes FROM (${KEYS}) AS known
          WHERE partition_key = $1) AS wrong
    WHERE acknowledging.partition_key = wrong.partition_key
      AND (NOT isempty(wrong.holes) OR wrong.state = 'tail_unknown')
    RETURNING 1`,
  conflicts: `
    UPDATE event_conflict SET acknowledged_at = clock_timestamp()
    WHERE partition_key = $1 AND acknowledged_at IS NULL RETURNING 1`,
  dead_letters: `
    UPDATE dead_letter SET acknowledged_at = clock_timestamp()
    WHERE subject = $1 AND acknowledged_at IS NULL RETURNING 1`,
  stream: `
    UPDATE stream_generation SET acknowledged = acknowledged + (${MISSING_MESSAGES}) + (${LOST_MESSAGES})
    WHERE generation::text = $1
      AND NOT isempty((${MISSING_MESSAGES}) + (${LOST_MESSAGES}) - acknowledged) RETURNING 1`,
};

export function acknowledge(sql: Sql, { kind, name, reason, operator }: Acknowledgement): Promise<boolean> {
  return sql.transaction(async (transaction) => {
    const wrong = await transaction.query(ACKNOWLEDGE[kind], [storable(name)]);
    if (wrong.length === 0) return false;
    await transaction.query(
      'INSERT INTO acknowledgement (kind, name, reason, operator) VALUES ($1, $2, $3, $4)',
      [kind, ...[name, reason, operator].map(storable)],
    );
    return true;
  });
}

interface Row extends Acknowledgement {
  readonly at: string;
}

export async function acknowledgements(sql: Sql): Promise<readonly StoredAcknowledgement[]> {
  const rows = await sql.query<Row>(
    `SELECT kind, name, reason, operator, ${unixMsText('acknowledged_at')} AS at
     FROM acknowledgement ORDER BY id DESC LIMIT ${MOST_LISTED}`,
  );
  return rows.map(({ at, ...acknowledgement }) => ({ ...acknowledgement, acknowledgedAt: timeText(at) }));
}

export async function keptAside(sql: Sql): Promise<{
  readonly conflicts: readonly KeptAside[];
  readonly deadLetters: readonly KeptAside[];
}> {
  return {
    conflicts: await unacknowledged(sql, 'event_conflict', 'partition_key'),
    deadLetters: await unacknowledged(sql, 'dead_letter', 'subject'),
  };
}

async function unacknowledged(sql: Sql, table: string, name: string): Promise<readonly KeptAside[]> {
  const rows = await sql.query<{ name: string; count: string; since: string }>(
    `SELECT ${name} AS name, count(*)::text AS count,
            ${unixMsText('min(stored_at)')} AS since
     FROM ${table} WHERE acknowledged_at IS NULL
     GROUP BY ${name} ORDER BY min(stored_at) DESC LIMIT ${MOST_LISTED}`,
  );
  return rows.map((row) => ({ name: row.name, count: Number(row.count), since: timeText(row.since) }));
}
