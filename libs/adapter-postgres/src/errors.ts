import { AuditLogError } from '@admit-one/core';
import { errorText } from './sql/driver-errors.ts';
import type { Sql } from './sql/sql.ts';

/**
 * The same database with the audit log's errors: the only place that translates a driver's. All become `unavailable`,
 * because every event can be stored, so the failure is the database's and the caller retries. So do deadlocks and
 * serialization failures: appends lock in one order, so these involve another program and are rare.
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
    throw new AuditLogError('unavailable', `the database failed: ${errorText(error)}`, { cause: error });
  }
}
