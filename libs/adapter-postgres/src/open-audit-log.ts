import { createHash } from 'node:crypto';
import type { AuditLog, DeadLetter, EventTotal, EventType } from '@admit-one/core';
import { createAlertStore } from './alert-store/alert-store.ts';
import { acknowledge, acknowledgements, keptAside } from './audit-log/acknowledgements.ts';
import { append } from './audit-log/append.ts';
import { levels, logCounts } from './audit-log/counters.ts';
import { cohorts, counts, topValues } from './audit-log/counts.ts';
import { instances } from './audit-log/instances.ts';
import { closeLostConnections } from './audit-log/lost-connections.ts';
import { createNextPartitions } from './audit-log/partitions.ts';
import { query } from './audit-log/query.ts';
import { maintain, storage } from './audit-log/retention.ts';
import { markSilent, partitionKeyStates, sequences } from './audit-log/sequences.ts';
import { streams } from './audit-log/streams.ts';
import { storable } from './audit-log/values.ts';
import { withAuditLogErrors } from './errors.ts';
import { forget } from './forget/forget.ts';
import { createSealStore } from './seal-store.ts';
import { SchemaError } from './sql/migrate.ts';
import { migratedFirst } from './sql/migrated-first.ts';
import type { Sql } from './sql/sql.ts';
import { createWithdrawnTokenStore } from './withdrawn-token-store.ts';

/** The audit log on a database whose schema is up to date. Closing it closes the database. */
export function createAuditLog(database: Sql): AuditLog {
  const sql = withAuditLogErrors(database);
  return {
    alerts: createAlertStore(sql),
    seals: createSealStore(sql),
    withdrawnTokens: createWithdrawnTokenStore(sql),
    append: (messages) => append(sql, messages),
    keepDeadLetters: (messages) => keepDeadLetters(sql, messages),
    query: (filter, page) => query(sql, filter, page),
    maintain: (retention, now) => maintain(sql, retention, now),
    storage: () => storage(sql),
    streams: () => streams(sql),
    totals: () => totals(sql),
    logCounts: (recentDays) => logCounts(sql, recentDays),
    levels: () => levels(sql),
    instances: () => instances(sql),
    counts: (query) => counts(sql, query),
    topValues: (query) => topValues(sql, query),
    cohorts: (range) => cohorts(sql, range),
    sequences: (options) => sequences(sql, options),
    keptAside: () => keptAside(sql),
    acknowledge: (acknowledgement) => acknowledge(sql, acknowledgement),
    acknowledgements: () => acknowledgements(sql),
    partitionKeyStates: () => partitionKeyStates(sql),
    markSilent: (silentMs) => markSilent(sql, silentMs),
    closeLostConnections: (lost) => closeLostConnections(sql, lost),
    forget: (forgetting) => forget(sql, forgetting),
    async ping() {
      await sql.query('SELECT 1');
    },
    close: () => sql.close(),
  };
}

/**
 * Opens the audit log and migrates the schema: now, or if the database is unavailable, before the first call that it
 * answers. Then creates the partitions of the next days; where that fails, `maintain` does it.
 * @throws {SchemaError} if a later version has migrated the database
 */
export async function openAuditLog(database: Sql): Promise<AuditLog> {
  const sql = migratedFirst(database);
  try {
    await sql.migrated();
    await createNextPartitions(sql, Date.now());
  } catch (error) {
    if (error instanceof SchemaError) throw error;
  }
  return createAuditLog(sql);
}

const INSERT_DEAD_LETTER = `
  INSERT INTO dead_letter (digest, subject, issue, body) VALUES ($1, $2, $3, $4)
  ON CONFLICT (digest) DO NOTHING`;

/** Stores each message once, also if it is delivered again. */
async function keepDeadLetters(sql: Sql, messages: readonly DeadLetter[]): Promise<void> {
  for (const { subject, issue, body } of messages) {
    const digest = createHash('sha256').update(subject).update('\0').update(body).digest();
    await sql.query(INSERT_DEAD_LETTER, [digest, storable(subject), storable(issue), body]);
  }
}

interface TotalRow {
  readonly type: EventType;
  readonly reason: string | null;
  readonly count: string;
}

/** The totals that `append` maintains. Reads no events. */
async function totals(sql: Sql): Promise<readonly EventTotal[]> {
  const rows = await sql.query<TotalRow>(
    'SELECT type, reason, count::text AS count FROM event_total ORDER BY type, reason',
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
