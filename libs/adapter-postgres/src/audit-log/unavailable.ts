import { AuditLogError } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';

/** The same database, whose failures are those that the audit log promises. The only place that sees a driver's errors. */
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
    const message = error instanceof Error ? error.message : String(error);
    throw new AuditLogError('unavailable', `the database failed: ${message}`, { cause: error });
  }
}
