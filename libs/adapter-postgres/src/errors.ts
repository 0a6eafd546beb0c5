import { AuditLogError } from '@admit-one/core';
import { errorText, isDataError } from './sql/driver-errors.ts';
import type { Sql } from './sql/sql.ts';

/**
 * The same database with the audit log's errors: the only place that translates a driver's. All become `unavailable`, and the
 * caller retries, except those of values: every event should be storable, and one that is not must not stop the others.
 * Deadlocks and serialization failures are `unavailable` too: appends lock in one order, so these involve another program
 * and are rare.
 */
export function withAuditLogErrors(sql: Sql): Sql {
  return {
    query: (text, parameters) => translated(sql.query(text, parameters)),
    transaction: (work) => translated(sql.transaction(work)),
    close: () => translated(sql.close()),
  };
}

async function translated<Result>(running: Promise<Result>): Promise<Result> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof AuditLogError) throw error;
    const code = isDataError(error) ? 'bad_value' : 'unavailable';
    throw new AuditLogError(code, `the database failed: ${errorText(error)}`, { cause: error });
  }
}
