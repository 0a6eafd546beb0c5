import { AuditLogError } from '@admit-one/core';
import { errorText } from './sql/fault-text.ts';
import type { Sql } from './sql/sql.ts';

/**
 * The same database, whose failures are those that the audit log promises. The only place that translates a driver's
 * errors, and all of them to one: what the log is given can be stored, so the failure is the database's, and whoever
 * appends tries again until it is mended. That goes for deadlocks and serialization failures too: appends lock in one
 * order, so another program has a part in those, and they are too rare for a retry beside the caller's.
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
