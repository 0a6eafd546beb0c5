import type { EventTotal, EventType } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';

interface Row {
  readonly type: EventType;
  readonly reason: string | null;
  readonly count: string;
}

/** The totals as `append` has kept them: no event is read. */
export async function totals(sql: Sql): Promise<readonly EventTotal[]> {
  const rows = await sql.query<Row>(
    'SELECT type, reason, count::text AS count FROM event_total ORDER BY type, reason',
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
