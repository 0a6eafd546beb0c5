import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresEngine, startPostgres } from './postgres.ts';
import { findProgram, missingEngines } from './programs.ts';

const missing = missingEngines('postgres');
const run = promisify(execFile);

describe.skipIf(missing)(`startPostgres ${missing ?? ''}`, () => {
  let postgres: PostgresEngine;
  beforeAll(async () => {
    postgres = await startPostgres({ settings: { max_connections: '7' } });
  });
  afterAll(() => postgres.stop());

  async function query(url: string, sql: string): Promise<string> {
    const { stdout } = await run(findProgram('psql'), [url, '-AtXc', sql], { env: {} });
    return stdout.trim();
  }

  it('gives a database of its own to whoever asks, and keeps its data when it is killed', async () => {
    const [one, other] = await Promise.all([postgres.createDatabase(), postgres.createDatabase()]);
    await query(one, 'CREATE TABLE kept (value int); INSERT INTO kept VALUES (42)');
    await postgres.kill();
    await postgres.start();
    expect(await query(one, 'SELECT value FROM kept')).toBe('42');
    expect(await query(other, "SELECT to_regclass('kept') IS NULL")).toBe('t');
  });

  it('takes settings, over those that make it quick', async () => {
    expect(await query(postgres.url, 'SHOW max_connections')).toBe('7');
    expect(await query(postgres.url, 'SHOW fsync')).toBe('off');
  });
});
