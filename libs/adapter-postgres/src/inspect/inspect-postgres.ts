import { type Diagnostic, newId, numbered, type StreamMessage } from '@admit-one/core';
import { append } from '../audit-log/append.ts';
import { errorText } from '../sql/driver-errors.ts';
import { migrateWithin, schemaVersion } from '../sql/migrate.ts';
import { migrations } from '../sql/migrations.ts';
import { DEFAULT_POOL_SIZE, openPostgres, type PostgresOptions } from '../sql/postgres.ts';
import type { Sql } from '../sql/sql.ts';
import { judgeServer } from './judge-server.ts';
import { readServerFacts } from './server-facts.ts';

/**
 * Looks at a PostgreSQL server as an audit-service with these options would find it: whether it answers, its version
 * and settings, the schema, and whether events can be written. Changes nothing: what it writes is rolled back.
 */
export async function inspectPostgres(
  options: Omit<PostgresOptions, 'onError'>,
): Promise<readonly Diagnostic[]> {
  const sql = openPostgres({ ...options, poolSize: 1, onError: () => {} });
  try {
    const facts = await readServerFacts(sql);
    return [...judgeServer(facts, options.poolSize ?? DEFAULT_POOL_SIZE), ...(await inspectSchema(sql))];
  } catch (error) {
    return [
      {
        level: 'error',
        message: `PostgreSQL cannot be used: ${errorText(error)}`,
        remedy: 'Check that it is running and reachable, its URL, and the permissions of its role.',
      },
    ];
  } finally {
    await sql.close();
  }
}

async function inspectSchema(sql: Sql): Promise<readonly Diagnostic[]> {
  const known = migrations.length;
  const version = await schemaVersion(sql);
  const message = `PostgreSQL: the schema has version ${version}`;
  if (version > known)
    return [
      {
        level: 'error',
        message: `${message}, and this version knows them up to ${known}`,
        remedy: 'Run the version that migrated it, or a later one.',
      },
    ];
  if (version === 0)
    return [
      {
        level: 'ok',
        message: 'PostgreSQL: there is no schema yet; the audit-service makes it when it starts',
      },
      await inspectWriting(sql, { migrating: true }),
    ];
  if (version < known)
    return [
      {
        level: 'warning',
        message,
        remedy: `Start the audit-service: it migrates to version ${known}.`,
      },
    ];
  return [{ level: 'ok', message }, await inspectWriting(sql, { migrating: false })];
}

/** Appends an event, as the audit-service does, and takes it back. */
async function inspectWriting(sql: Sql, { migrating }: { readonly migrating: boolean }): Promise<Diagnostic> {
  let written = false;
  try {
    await sql.transaction(async (transaction) => {
      if (migrating) await migrateWithin(transaction);
      await append(transaction, [sampleMessage()]);
      written = true;
      throw new Error('rolled back on purpose');
    });
  } catch (error) {
    if (!written)
      return {
        level: 'error',
        message: `PostgreSQL: events cannot be written: ${errorText(error)}`,
        remedy:
          'Check that its role may use the tables (and make them, the first time), that it is no read-only replica, and that its disk has room.',
      };
  }
  return { level: 'ok', message: 'PostgreSQL: events can be written' };
}

function sampleMessage(): StreamMessage {
  const instance = `inspection-${newId()}`;
  const event = {
    type: 'admit.service.alive',
    source: instance,
    subject: instance,
    time: Date.now(),
    traceparent: null,
    data: { service: 'doctor', lastSequence: 1, connections: 0 },
  } as const;
  const position = { stream: instance, sequence: 1, first: 1 };
  return { position, events: [{ index: 0, event: numbered(event, instance, 1) }] };
}
