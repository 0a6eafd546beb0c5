import type { AuditLog } from '@admit-one/core';
import { migrate } from '../sql/migrate.ts';
import type { Sql } from '../sql/sql.ts';
import { append } from './append.ts';
import { quarantine } from './quarantine.ts';
import { query } from './query.ts';
import { sequences } from './sequences.ts';
import { totals } from './totals.ts';
import { withAuditLogErrors } from './unavailable.ts';

/** The audit log on a database whose schema is up to date. Closing it closes the database. */
export function createAuditLog(database: Sql): AuditLog {
  const sql = withAuditLogErrors(database);
  return {
    append: (events) => append(sql, events),
    quarantine: (messages) => quarantine(sql, messages),
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
 * Brings the schema up to date and opens the audit log.
 * @throws {SchemaError} where a later version has migrated the database
 */
export async function openAuditLog(sql: Sql): Promise<AuditLog> {
  await migrate(sql);
  return createAuditLog(sql);
}
