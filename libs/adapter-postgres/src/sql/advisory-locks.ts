import type { SqlQueries } from './sql.ts';

/** Advisory locks, each held until its transaction ends. Any numbers that no other program uses. */
const advisoryLocks = {
  /** Processes that start together migrate one by one. */
  migration: 7_206_544_117,
  /** One process at a time numbers the audit log's own events. */
  ownEvents: 7_206_544_118,
  /** One process at a time changes partitions. */
  partitions: 7_206_544_119,
  /** One rebuild at a time. */
  rebuild: 7_206_544_120,
  /** One append at a time gives a new stream its generation. */
  newStream: 7_206_544_121,
} as const;

type AdvisoryLock = keyof typeof advisoryLocks;

/** Waits for a lock. */
export async function takeLock(transaction: SqlQueries, lock: AdvisoryLock): Promise<void> {
  await transaction.query(`SELECT ${lockTaken(lock)}`);
}

/** SQL that waits for a lock, and is true then. */
export function lockTaken(lock: AdvisoryLock): string {
  return `(SELECT pg_advisory_xact_lock(${advisoryLocks[lock]})) IS NOT NULL`;
}

/** Takes a lock unless another transaction has it. Returns whether it did. */
export async function tryLock(transaction: SqlQueries, lock: AdvisoryLock): Promise<boolean> {
  const [row] = await transaction.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [
    advisoryLocks[lock],
  ]);
  return row?.taken === true;
}
