import type { AuditLog } from '@admit-one/core';
import { append } from './audit-log/append.ts';
import { keepDeadLetters } from './audit-log/dead-letters.ts';
import { query } from './audit-log/query.ts';
import { sequences } from './audit-log/sequences.ts';
import { totals } from './audit-log/totals.ts';
import { withAuditLogErrors } from './errors.ts';
import { SchemaError } from './sql/migrate.ts';
import { migratedFirst } from './sql/migrated-first.ts';
import type { Sql } from './sql/sql.ts';

/** The audit log on a database whose schema is up to date. Closing it closes the database. */
export function createAuditLog(database: Sql): AuditLog {
  const sql = withAuditLogErrors(database);
  return {
    append: (events) => append(sql, events),
    keepDeadLetters: (messages) => keepDeadLetters(sql, messages),
    query: (filter, page) => query(sql, filter, page),
    totals: () => totals(sql),
    sequences: (options) => sequences(sql, options),
    async ping() {
      await sql.query('SELECT 1');
    },
    close: () => sql.close(),
  };
}

/**
 * Opens the audit log and brings the schema up to date: now, or where the database is away, before the first call that
 * it answers.
 * @throws {SchemaError} where a later version has migrated the database
 */
export async function openAuditLog(database: Sql): Promise<AuditLog> {
  const sql = migratedFirst(database);
  await sql.migrated().catch((error: unknown) => {
    if (error instanceof SchemaError) throw error;
  });
  return createAuditLog(sql);
}
