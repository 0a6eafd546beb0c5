import { takeLock } from './advisory-locks.ts';
import { type Migration, migrations } from './migrations.ts';
import type { Sql, SqlQueries } from './sql.ts';

/** The database's schema is not one that this version can use. */
export class SchemaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SchemaError';
  }
}

/**
 * Brings the schema up to date, in one transaction.
 * @throws {SchemaError} where a later version of this software has migrated it already
 */
export async function migrate(sql: Sql, steps: readonly Migration[] = migrations): Promise<void> {
  await sql.transaction((transaction) => migrateWithin(transaction, steps));
}

/** The same within a transaction of the caller's. @throws {SchemaError} */
export async function migrateWithin(
  transaction: SqlQueries,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  await takeLock(transaction, 'migration');
  const version = await schemaVersion(transaction);
  if (version > steps.length)
    throw new SchemaError(
      `The database has schema version ${version}, and this version knows them up to ${steps.length}. ` +
        'Run the version that migrated it, or a later one.',
    );
  if (version === 0) await transaction.query(CREATE_SCHEMA_MIGRATION);
  for (const [done, { name, statements }] of steps.entries()) {
    if (done < version) continue;
    for (const statement of statements) await transaction.query(statement);
    await transaction.query('INSERT INTO schema_migration (version, name) VALUES ($1, $2)', [done + 1, name]);
  }
}

const CREATE_SCHEMA_MIGRATION = `
  CREATE TABLE IF NOT EXISTS schema_migration (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;

/** The version of the database's schema: the number of its migrations; 0 without a schema. */
export async function schemaVersion(sql: SqlQueries): Promise<number> {
  const [table] = await sql.query<{ exists: boolean }>(
    `SELECT to_regclass('schema_migration') IS NOT NULL AS exists`,
  );
  if (!table?.exists) return 0;
  const [row] = await sql.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM schema_migration',
  );
  return row?.version ?? 0;
}
