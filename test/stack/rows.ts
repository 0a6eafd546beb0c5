import type { Sql } from '@admit-one/adapter-postgres';

/** Every row of every table, as text. */
export async function dumpTables(sql: Sql): Promise<string> {
  const tables = await sql.query<{ name: string }>(
    "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'",
  );
  const rows: string[] = [];
  for (const { name } of tables)
    for (const { row } of await sql.query<{ row: string }>(`select to_json(t)::text as row from ${name} t`))
      rows.push(`${name} ${row}`);
  return rows.join('\n');
}
