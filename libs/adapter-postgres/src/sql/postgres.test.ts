import { eventually } from '@admit-one/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnServer, openForTest } from './engines.fixture.ts';
import type { PostgresOptions } from './postgres.ts';
import type { Sql } from './sql.ts';

describeOnServer((server) => {
  function open(options: Partial<PostgresOptions> = {}): Sql {
    const sql = openForTest({ url: server().url, ...options });
    onTestFinished(() => sql.close());
    return sql;
  }

  /** The id of the server's process behind a connection of the pool. */
  async function backendOf(sql: Pick<Sql, 'query'>): Promise<number> {
    const [row] = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return row?.pid ?? 0;
  }

  async function connectionsOf(applicationName: string): Promise<number> {
    const [row] = await open().query<{ n: string }>(
      'SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = $1',
      [applicationName],
    );
    return Number(row?.n);
  }

  test('ends a statement that takes too long', async () => {
    const sql = open({ statementTimeoutMs: 100 });
    await expect(sql.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57014' });
  });

  test('frees the locks of a transaction that stands still', async () => {
    const lock = 'SELECT pg_advisory_xact_lock(1)';
    const other = open();
    const still = open({ statementTimeoutMs: 100 }).transaction(async (transaction) => {
      await transaction.query(lock);
      await other.query(lock);
      await transaction.query('SELECT 1');
    });
    await expect(still).rejects.toThrow(/not queryable/);
  });

  test('has at most as many connections as it is told, with the name that it is told', async () => {
    const sql = open({ poolSize: 2, applicationName: 'two-of-us' });
    await Promise.all(Array.from({ length: 20 }, () => sql.query('SELECT pg_sleep(0.01)')));
    expect(await connectionsOf('two-of-us')).toBe(2);
  });

  test('fails in time where all its connections are in use, and goes on when one is free', async () => {
    const sql = open({ poolSize: 1, connectionTimeoutMs: 100 });
    await eventually(() => sql.query('SELECT 1'), { what: 'the one connection' });
    await sql.transaction(async () => {
      await expect(sql.query('SELECT 1')).rejects.toThrow(/timeout/);
    });
    await sql.query('SELECT 1');
  });

  test('tells of a connection that is lost while idle, and makes another', async () => {
    const errors: Error[] = [];
    const sql = open({ onError: (error) => errors.push(error as Error) });
    const backend = await backendOf(sql);
    await open().query('SELECT pg_terminate_backend($1::int)', [backend]);
    await expect.poll(() => errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      message: expect.stringMatching(/idle connection was lost: terminating/),
      cause: { code: '57P01' },
    });
    expect(errors[0]?.cause).not.toHaveProperty('client');
    expect(await backendOf(sql)).not.toBe(backend);
  });

  test('tells of each call whether the server could be reached', async () => {
    const told: string[] = [];
    const listeners = {
      onReachable: () => told.push('up'),
      onUnreachable: (error: unknown) => told.push(String(error)),
    };
    const outcomeOf = async (call: Promise<unknown>) => {
      await call.catch(() => {});
      return told.splice(0);
    };
    const sql = open({ ...listeners, statementTimeoutMs: 100 });
    expect(await outcomeOf(sql.query('SELECT 1'))).toEqual(['up']);
    expect(await outcomeOf(sql.query('SELECT nonsense'))).toEqual(['up']);
    expect(await outcomeOf(sql.query('SELECT pg_sleep(60)'))).toEqual(['up']);
    expect(await outcomeOf(sql.transaction(() => Promise.reject(new Error('a bug'))))).toEqual(['up']);
    const elsewhere = (url: string) => open({ ...listeners, url });
    expect(await outcomeOf(elsewhere('postgres://127.0.0.1:1/x').query('SELECT 1'))).toEqual([
      expect.stringContaining('ECONNREFUSED'),
    ]);
    const nowhere = elsewhere(server().url.replace(/[^/]*$/, 'nowhere'));
    expect(await outcomeOf(nowhere.transaction(async () => {}))).toEqual([
      expect.stringContaining('does not exist (SQLSTATE 3D000)'),
    ]);
  });

  test('fails a statement and a transaction whose connection is lost, and makes another', async () => {
    const sql = open({ poolSize: 1 });
    const other = open();
    const terminate = (backend: number) => other.query('SELECT pg_terminate_backend($1::int)', [backend]);
    await expect(sql.query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(/terminat/);
    const between = sql.transaction(async (transaction) => {
      await terminate(await backendOf(transaction));
      await expect.poll(() => transaction.query('SELECT 1').catch(String)).toMatch(/terminat|not queryable/);
    });
    await expect(between).rejects.toThrow();
    await expect(sql.query('SELECT 1 AS n')).resolves.toEqual([{ n: 1 }]);
  });

  test('says so where the server takes no more connections', async () => {
    await open().query('CREATE ROLE clerk LOGIN CONNECTION LIMIT 1');
    const url = server().url.replace('postgres@', 'clerk@');
    const first = open({ url });
    await first.transaction(async () => {
      await expect(open({ url }).query('SELECT 1')).rejects.toMatchObject({ code: '53300' });
    });
  });

  test('leaves no connection behind', async () => {
    const sql = open({ applicationName: 'leaving' });
    await Promise.all([sql.query('SELECT 1'), sql.query('SELECT 1')]);
    await sql.close();
    await expect.poll(() => connectionsOf('leaving')).toBe(0);
  });

  test('keeps its session as the SQL needs it, whatever the role says', async () => {
    await open().query('CREATE ROLE traveller LOGIN');
    await open().query("ALTER ROLE traveller SET timezone = 'Asia/Tokyo'");
    await open().query("ALTER ROLE traveller SET default_transaction_isolation = 'serializable'");
    const sql = open({ url: server().url.replace('postgres@', 'traveller@') });
    expect(
      await sql.query(
        `SELECT 'epoch'::timestamptz AS epoch, current_setting('transaction_isolation') AS level`,
      ),
    ).toEqual([{ epoch: '1970-01-01 00:00:00+00', level: 'read committed' }]);
  });
});

test('says where nobody listens', async () => {
  const sql = openForTest({ url: 'postgres://user:hunter2@127.0.0.1:1/database' });
  onTestFinished(() => sql.close());
  const failure = await sql.query('SELECT 1').catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'ECONNREFUSED' });
  expect(JSON.stringify(failure) + String(failure)).not.toContain('hunter2');
});
