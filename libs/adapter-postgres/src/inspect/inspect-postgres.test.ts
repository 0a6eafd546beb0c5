import type { Diagnostic } from '@admit-one/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openAuditLog } from '../open-audit-log.ts';
import { describeOnServer, openForTest } from '../sql/engines.fixture.ts';
import { inspectPostgres } from './inspect-postgres.ts';
import { judgeServer } from './judge-server.ts';
import type { ServerFacts } from './server-facts.ts';

function about(diagnostics: readonly Diagnostic[], subject: RegExp): Diagnostic | undefined {
  return diagnostics.find(({ message }) => subject.test(message));
}

describeOnServer((server) => {
  function inspect(url: string, poolSize = 4): Promise<readonly Diagnostic[]> {
    return inspectPostgres({ url, poolSize, applicationName: 'inspection', connectionTimeoutMs: 1_000 });
  }

  async function migrated() {
    const url = await server().createDatabase();
    const sql = openForTest({ url });
    const log = await openAuditLog(sql);
    onTestFinished(() => log.close());
    return { url, sql, log };
  }

  test('finds a server and a schema in order, and leaves nothing behind', async () => {
    const { url, log } = await migrated();
    const diagnostics = await inspect(url);
    expect(about(diagnostics, /^PostgreSQL \d+\.\d+.* answers/)).toMatchObject({ level: 'ok' });
    for (const subject of [/encoding/, /connections/, /clock/, /schema has version \d+$/, /can be written/])
      expect(about(diagnostics, subject), String(subject)).toMatchObject({ level: 'ok' });
    expect(await log.query({}, { limit: 10, order: 'asc' })).toMatchObject({ events: [] });
    expect([...(await log.totals()), ...(await log.sequences())]).toEqual([]);
  });

  test('finds that there is no schema yet, and makes none', async () => {
    const url = await server().createDatabase();
    const diagnostics = await inspect(url);
    expect(about(diagnostics, /no schema/)).toMatchObject({ level: 'ok' });
    expect(about(diagnostics, /can be written/)).toMatchObject({ level: 'ok' });
    const sql = openForTest({ url });
    onTestFinished(() => sql.close());
    expect(await sql.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
  });

  test('finds a schema of the future', async () => {
    const { url, sql } = await migrated();
    await sql.query(`INSERT INTO schema_migration (version, name) VALUES (999, 'the future')`);
    expect(about(await inspect(url), /schema has version 999/)).toMatchObject({ level: 'error' });
  });

  test('finds that events cannot be written', async () => {
    const { url, sql } = await migrated();
    const database = new URL(url).pathname.slice(1);
    await sql.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    expect(about(await inspect(url), /cannot be written/)).toMatchObject({
      level: 'error',
      message: expect.stringMatching(/read-only transaction \(SQLSTATE 25006\)/),
    });
  });

  test('finds settings that lose what was acknowledged', async () => {
    const { url, sql } = await migrated();
    const database = new URL(url).pathname.slice(1);
    await sql.query(`ALTER DATABASE ${database} SET synchronous_commit = off`);
    const diagnostics = await inspect(url);
    expect(about(diagnostics, /fsync/)).toMatchObject({ level: 'error' });
    expect(about(diagnostics, /full_page_writes/)).toMatchObject({ level: 'warning' });
    expect(about(diagnostics, /synchronous_commit/)).toMatchObject({ level: 'warning' });
  });

  test('finds more connections wanted than there can be', async () => {
    expect(about(await inspect(server().url, 10_000), /connections/)).toMatchObject({ level: 'error' });
  });

  test('finds a server that does not answer, and tells no password', async () => {
    await server().pause();
    onTestFinished(() => server().resume());
    const diagnostics = await inspect(server().url.replace('postgres@', 'postgres:hunter2@'));
    expect(diagnostics).toMatchObject([
      { level: 'error', message: expect.stringMatching(/cannot be used: .*timeout/) },
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });
});

describe('what is said of a server that', () => {
  const sound: ServerFacts = {
    version: '17.2',
    majorVersion: 17,
    encoding: 'UTF8',
    fsync: 'on',
    fullPageWrites: 'on',
    synchronousCommit: 'on',
    connectionLimit: 97,
    connectionsInUse: 5,
    clockAheadMs: -400,
  };

  test('is in order', () => {
    expect(judgeServer(sound, 10).filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  test.each<[string, Partial<ServerFacts>, Diagnostic['level'], RegExp]>([
    ['is old', { version: '14.9', majorVersion: 14 }, 'error', /14\.9/],
    ['has an encoding of one byte', { encoding: 'LATIN1' }, 'error', /LATIN1/],
    ['may lose the database', { fsync: 'off' }, 'error', /fsync/],
    ['may lose what it acknowledged', { synchronousCommit: 'off' }, 'warning', /synchronous_commit/],
    ['has a pool too few connections', { connectionsInUse: 90 }, 'warning', /90 of 97/],
    ['has too few connections', { connectionLimit: 9 }, 'error', /of 9 connections/],
    ['has a clock ahead', { clockAheadMs: 30_000 }, 'warning', /30\.0 s ahead/],
    ['has a clock behind', { clockAheadMs: -1_500 }, 'warning', /1\.5 s behind/],
  ])('%s', (_name, facts, level, message) => {
    const diagnostics = judgeServer({ ...sound, ...facts }, 10).filter(
      (diagnostic) => diagnostic.level !== 'ok',
    );
    expect(diagnostics).toMatchObject([
      { level, message: expect.stringMatching(message), remedy: expect.anything() },
    ]);
  });
});
