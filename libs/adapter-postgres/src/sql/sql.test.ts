import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { describeOnBothEngines } from './engines.fixture.ts';
import type { Sql } from './sql.ts';

describeOnBothEngines((_engine, openEmpty) => {
  let sql: Sql;

  beforeAll(async () => {
    sql = await openEmpty();
    await sql.query('CREATE TABLE kept (n integer PRIMARY KEY)');
  });
  afterAll(() => sql?.close());

  async function kept(): Promise<readonly number[]> {
    const rows = await sql.query<{ n: number }>('SELECT n FROM kept ORDER BY n');
    return rows.map(({ n }) => n);
  }

  test.each<[expression: string, value: unknown]>([
    ['true', true],
    ['false', false],
    ['(-7)::int2', -7],
    ['2147483647', 2_147_483_647],
    ['9007199254740993::int8', '9007199254740993'],
    ['1::int8', '1'],
    ['1.50::numeric', '1.50'],
    ['0.1::float8', 0.1],
    [`'-Infinity'::float4`, Number.NEGATIVE_INFINITY],
    [`'ünïcödé 🎟'::text`, 'ünïcödé 🎟'],
    [`'2024-02-29 12:00:00.123456+02'::timestamptz`, '2024-02-29 10:00:00.123456+00'],
    [`'2024-02-29 12:00:00'::timestamp`, '2024-02-29 12:00:00'],
    [`'2024-02-29'::date`, '2024-02-29'],
    [`'{"a":  1}'::json`, '{"a":  1}'],
    [`'{"a":  1}'::jsonb`, '{"a": 1}'],
    [`'\\x00ff'::bytea`, Uint8Array.of(0, 255)],
    [`''::bytea`, new Uint8Array()],
    [`'{[1,4)}'::int8multirange`, '{[1,4)}'],
    ['null::int8', null],
  ])('reads %s alike', async (expression, value) => {
    expect(await sql.query(`SELECT ${expression} AS value`)).toEqual([{ value }]);
  });

  test.each<[type: string, value: unknown, asText: string | null]>([
    ['text', `quotes ' " and \\ and $1`, `quotes ' " and \\ and $1`],
    ['integer', 7, '7'],
    ['float8', 1e300, '1e+300'],
    ['boolean', true, 'true'],
    ['bytea', Uint8Array.of(0, 255, 92), '\\x00ff5c'],
    ['bytea', new Uint8Array(), '\\x'],
    ['text[]', ['a,b', '"', '\\', '{}', 'NULL', '', null], `{"a,b","\\"","\\\\","{}","NULL","",NULL}`],
    ['float8[]', [1, 0.5, null], '{1,0.5,NULL}'],
    ['bigint[]', ['9007199254740993'], '{9007199254740993}'],
    ['text', null, null],
  ])('takes a parameter of type %s alike: %s', async (type, value, asText) => {
    expect(await sql.query(`SELECT ($1::${type})::text AS text`, [value])).toEqual([{ text: asText }]);
  });

  test('commits what resolves, and nothing of what rejects', async () => {
    const resolved = await sql.transaction(async (transaction) => {
      await transaction.query('INSERT INTO kept VALUES ($1)', [1]);
      return 'done';
    });
    const rejected = sql.transaction(async (transaction) => {
      await transaction.query('INSERT INTO kept VALUES ($1)', [2]);
      throw new Error('changed my mind');
    });
    await expect(rejected).rejects.toThrow('changed my mind');
    expect(resolved).toBe('done');
    expect(await kept()).toEqual([1]);
  });

  test('rejects a transaction that hides the failure of a statement', async () => {
    const before = await kept();
    const hidden = sql.transaction(async (transaction) => {
      await transaction.query('INSERT INTO kept VALUES ($1)', [3]);
      await transaction.query('INSERT INTO nowhere VALUES (1)').catch(() => {});
    });
    await expect(hidden).rejects.toThrow();
    expect(await kept()).toEqual(before);
  });

  test('goes on after statements that fail, whether in transactions or not', async () => {
    for (let n = 0; n < 10; n += 1) {
      await expect(sql.query('SELECT nothing')).rejects.toMatchObject({ code: '42703' });
      await expect(sql.transaction((inside) => inside.query('SELECT nothing'))).rejects.toThrow('nothing');
    }
    expect(await sql.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  test('is of no use once it is closed, which may be repeated', async () => {
    const another = await openEmpty();
    onTestFinished(() => another.close());
    await another.query('SELECT 1');
    await Promise.all([another.close(), another.close()]);
    await another.close();
    await expect(another.query('SELECT 1')).rejects.toThrow();
    await expect(another.transaction((inside) => inside.query('SELECT 1'))).rejects.toThrow();
  });
});
