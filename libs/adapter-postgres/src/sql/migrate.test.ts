import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate, SchemaError } from './migrate.ts';
import type { Migration } from './migrations.ts';
import { openPglite } from './pglite.ts';
import type { Sql } from './sql.ts';

let sql: Sql;

beforeAll(async () => {
  sql = await openPglite({ memory: true });
});
afterAll(() => sql.close());
beforeEach(async () => {
  await sql.query('DROP SCHEMA public CASCADE');
  await sql.query('CREATE SCHEMA public');
});

const first: Migration = { name: 'first', statements: ['CREATE TABLE a (n integer)'] };
const second: Migration = {
  name: 'second',
  statements: ['CREATE TABLE b (n integer)', 'INSERT INTO b VALUES (1)'],
};
const broken: Migration = {
  name: 'broken',
  statements: ['CREATE TABLE c (n integer)', 'INSERT INTO nowhere VALUES (1)'],
};

async function applied(): Promise<readonly string[]> {
  const rows = await sql.query<{ name: string }>('SELECT name FROM schema_migration ORDER BY version');
  return rows.map(({ name }) => name);
}

async function tables(): Promise<readonly string[]> {
  const rows = await sql.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

test('applies each step once, in order, over several starts', async () => {
  await migrate(sql, [first]);
  await migrate(sql, [first, second]);
  await migrate(sql, [first, second]);
  expect(await applied()).toEqual(['first', 'second']);
  expect(await sql.query('SELECT n FROM b')).toEqual([{ n: 1 }]);
});

test('leaves nothing behind of a migration that fails', async () => {
  await migrate(sql, [first]);
  await expect(migrate(sql, [first, second, broken])).rejects.toThrow('nowhere');
  expect(await applied()).toEqual(['first']);
  expect(await tables()).toEqual(['a', 'schema_migration']);
});

test('refuses a schema of a later version, and says which', async () => {
  await migrate(sql, [first, second]);
  const refused = migrate(sql, [first]);
  await expect(refused).rejects.toBeInstanceOf(SchemaError);
  await expect(refused).rejects.toThrow(/schema version 2, .* up to 1/);
  expect(await applied()).toEqual(['first', 'second']);
});
