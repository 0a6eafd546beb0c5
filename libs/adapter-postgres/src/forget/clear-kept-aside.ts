import type { SqlQueries } from '../sql/sql.ts';

/**
 * Empties conflicting events and dead letters that have one of the names as a text of their JSON. Their digests stay, so that
 * the same are not kept again when they are delivered again.
 */
export async function clearKeptAside(sql: SqlQueries, names: readonly string[]): Promise<void> {
  const texts = names.map((name) => JSON.stringify(name));
  await sql.query(
    `UPDATE event_conflict SET event = ''
     WHERE EXISTS (SELECT FROM unnest($1::text[]) AS text WHERE strpos(event, text) > 0)`,
    [texts],
  );
  await sql.query(
    `UPDATE dead_letter SET body = ''
     WHERE EXISTS (
       SELECT FROM unnest($1::text[]) AS text WHERE position(convert_to(text, 'UTF8') IN body) > 0
     )`,
    [texts],
  );
}
