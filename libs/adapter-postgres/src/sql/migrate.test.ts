import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { describeOnBothEngines, describeOnServer, openForTest } from './engines.fixture.ts';
import { migrate, SchemaError } from './migrate.ts';
import { type Migration, migrations } from './migrations.ts';
import type { Sql } from './sql.ts';

const first: Migration = { name: 'first', statements: ['CREATE TABLE a (n integer)'] };
const second: Migration = {
  name: 'second',
  statements: ['CREATE TABLE b (n integer)', 'INSERT INTO b VALUES (1)'],
};
const broken: Migration = {
  name: 'broken',
  statements: ['CREATE TABLE c (n integer)', 'INSERT INTO nowhere VALUES (1)'],
};

async function applied(sql: Sql): Promise<readonly string[]> {
  const rows = await sql.query<{ name: string }>('SELECT name FROM schema_migration ORDER BY version');
  return rows.map(({ name }) => name);
}

async function tables(sql: Sql): Promise<readonly string[]> {
  const rows = await sql.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

describeOnBothEngines((_engine, openEmpty) => {
  let sql: Sql;

  beforeAll(async () => {
    sql = await openEmpty();
  });
  afterAll(() => sql?.close());
  beforeEach(async () => {
    await sql.query('DROP SCHEMA public CASCADE');
    await sql.query('CREATE SCHEMA public');
  });

  test('applies each step once, in order, over several starts', async () => {
    await migrate(sql, [first]);
    await migrate(sql, [first, second]);
    await migrate(sql, [first, second]);
    expect(await applied(sql)).toEqual(['first', 'second']);
    expect(await sql.query('SELECT n FROM b')).toEqual([{ n: 1 }]);
  });

  test('leaves nothing behind of a migration that fails', async () => {
    await migrate(sql, [first]);
    await expect(migrate(sql, [first, second, broken])).rejects.toThrow('nowhere');
    expect(await applied(sql)).toEqual(['first']);
    expect(await tables(sql)).toEqual(['a', 'schema_migration']);
  });

  test('rejects a schema of a later version, and says which', async () => {
    await migrate(sql, [first, second]);
    const rejected = migrate(sql, [first]);
    await expect(rejected).rejects.toBeInstanceOf(SchemaError);
    await expect(rejected).rejects.toThrow(/schema version 2, .* up to 1/);
    expect(await applied(sql)).toEqual(['first', 'second']);
  });
});

describeOnServer((server) => {
  test('migrates once, however many start at the same time', async () => {
    const url = await server().createDatabase();
    const starting = Array.from({ length: 8 }, () => openForTest({ url }));
    onTestFinished(async () => {
      await Promise.all(starting.map((sql) => sql.close()));
    });
    await Promise.all(starting.map((sql) => migrate(sql)));
    for (const sql of starting) expect(await applied(sql)).toEqual(migrations.map(({ name }) => name));
  });
});
