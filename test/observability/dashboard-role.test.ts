import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openAuditLog, openPostgres } from '@admit-one/adapter-postgres';
import { seededEvents } from '@admit-one/port-contracts';
import { findProgram, missingEngines, type PostgresEngine, startPostgres } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const script = join(root, 'deploy', 'postgres', 'dashboard-role.sql');
const missing = missingEngines('postgres');
const run = promisify(execFile);

/** What `psql` prints of a statement, one row a line; rejects with the error of the server. */
async function psql(url: string, ...args: readonly string[]): Promise<string> {
  const options = ['--no-psqlrc', '--tuples-only', '--no-align', '--quiet', ...args];
  const { stdout } = await run(findProgram('psql'), [url, ...options], { env: {} });
  return stdout.trim();
}

describe.skipIf(missing !== undefined)(`the role of dashboards ${missing ?? ''}`, () => {
  let postgres: PostgresEngine;
  let owner: string;
  let dashboard: string;

  beforeAll(async () => {
    postgres = await startPostgres();
    await psql(postgres.url, '-c', 'CREATE ROLE audit LOGIN CREATEROLE');
    await psql(postgres.url, '-c', 'CREATE DATABASE audit OWNER audit');
    owner = postgres.url.replace('postgres@', 'audit@').replace(/[^/]*$/, 'audit');
    dashboard = owner.replace('audit@', 'admit_dashboard@');
    const sql = openPostgres({ url: owner, applicationName: 'test', onError: () => {} });
    const log = await openAuditLog(sql);
    const now = Date.now();
    const events = [...seededEvents({ count: 200, from: now - 600_000, to: now })];
    await log.append([
      {
        position: { stream: 'seeded', sequence: 1, first: 1 },
        events: events.map((event, index) => ({ index, event })),
      },
    ]);
    await log.close();
    const createRole = ['-v', 'password=a "quoted" word', '-f', script];
    await psql(owner, ...createRole);
    // After a rebuild it runs again: here as a superuser, as most will run it.
    await psql(owner.replace('audit@', 'postgres@'), ...createRole);
  });
  afterAll(() => postgres.stop());

  test('it reads rejections and counts, and its statements end by themselves', async () => {
    const rejections = "type LIKE '%.rejected'";
    const [seen, stored] = await Promise.all([
      psql(dashboard, '-c', 'SELECT count(*) FROM admit_dashboard.rejection'),
      psql(owner, '-c', `SELECT count(*) FROM event WHERE ${rejections}`),
    ]);
    expect(Number(seen)).toBeGreaterThan(0);
    expect(seen).toBe(stored);
    expect(
      await psql(dashboard, '-c', 'SELECT count(DISTINCT dimension) > 3 FROM admit_dashboard.minute'),
    ).toBe('t');
    expect(await psql(dashboard, '-c', 'SHOW statement_timeout')).toBe('10s');
  });

  test('the tables of the audit log have what it must not see', async () => {
    const all = 'SELECT count(*) FROM rollup';
    const withheld = `${all} WHERE dimension = 'agent'`;
    expect(Number(await psql(owner, '-c', withheld))).toBeGreaterThan(0);
    expect(await psql(dashboard, '-c', withheld.replace('rollup', 'admit_dashboard.minute'))).toBe('0');
    const columns = `SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns
                     WHERE table_schema = 'admit_dashboard' AND table_name = 'rejection'`;
    expect(await psql(dashboard, '-c', columns)).toBe(
      'time type reason count route origin edge client network support_code',
    );
  });

  test('no condition of a query sees a row that a view leaves out', async () => {
    const barriers = `SELECT count(*) FROM pg_views JOIN pg_class ON relname = viewname
                      WHERE schemaname = 'admit_dashboard' AND reloptions::text = '{security_barrier=true}'`;
    expect(await psql(owner, '-c', barriers)).toBe('2');
  });

  const tables = ['event', 'event_outside', 'rollup', 'event_total', 'dead_letter', 'partition_sequence'];
  const refusals: readonly (readonly [statement: string, refused: RegExp])[] = [
    ...tables.map((name) => [`SELECT * FROM public.${name}`, /permission denied for table/] as const),
    ['INSERT INTO admit_dashboard.minute DEFAULT VALUES', /permission denied for view/],
    ['UPDATE admit_dashboard.rejection SET count = 0', /permission denied for view/],
    ['DELETE FROM admit_dashboard.rejection', /permission denied for view/],
    ['TRUNCATE public.event', /permission denied for table/],
    ['DROP VIEW admit_dashboard.minute', /must be owner/],
    ['CREATE TABLE public.mine (n int)', /permission denied for schema/],
    ['CREATE TABLE admit_dashboard.mine (n int)', /permission denied for schema/],
    ['CREATE TEMPORARY TABLE mine (n int)', /permission denied to create temporary tables/],
    ['CREATE SCHEMA mine', /permission denied for database/],
    ['CREATE ROLE mine', /permission denied to create role/],
    ['CREATE DATABASE mine', /permission denied to create database/],
    ['ALTER ROLE admit_dashboard SUPERUSER', /must be superuser/],
    ['SET ROLE audit', /permission denied to set role/],
    ['SET SESSION AUTHORIZATION audit', /permission denied to set session authorization/],
    ["COPY (SELECT 1) TO PROGRAM 'true'", /must be superuser|permission denied/],
    ["SELECT pg_read_file('postgresql.conf')", /permission denied for function/],
  ];
  test.each(refusals)('%s', async (statement, refused) => {
    const writable = ['-c', 'SET default_transaction_read_only = off', '-c', statement];
    await expect(psql(dashboard, '-v', 'ON_ERROR_STOP=1', ...writable)).rejects.toThrow(refused);
  });
});
