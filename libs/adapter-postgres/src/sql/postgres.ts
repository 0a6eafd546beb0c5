import pg from 'pg';
import { errorText, isAnswer } from './driver-errors.ts';
import { createSockets } from './sockets.ts';
import type { Sql, SqlQueries } from './sql.ts';
import { readerOf } from './types.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=…`. Its parameters override these options. */
  readonly url: string;
  /** The name of these connections in the server's lists and logs. */
  readonly applicationName: string;
  /** Maximum number of connections: 10 by default. */
  readonly poolSize?: number;
  /** Timeout of a statement, including waiting for locks: 10 s by default. */
  readonly statementTimeoutMs?: number;
  /** Timeout for getting a connection, new or from the pool: 5 s by default. */
  readonly connectionTimeoutMs?: number;
  /** The schema of all tables, instead of the one that the server says. */
  readonly schema?: string;
  /** Called for a connection that was lost while idle. The next call opens another. */
  readonly onError: (error: unknown) => void;
  /** Called for each call that the server did not answer, or for which it took no connection. */
  readonly onUnreachable?: ((error: unknown) => void) | undefined;
  /** Called for each call that the server answered. */
  readonly onReachable?: (() => void) | undefined;
}

export const DEFAULT_POOL_SIZE = 10;

/** The server ends a statement that takes too long. If it does not, the client ends it this much later. */
const ANSWER_MS = 500;

/** How long a server has to close a connection. */
const GOODBYE_MS = 1_000;

/** After this time without traffic, an idle connection is probed, and closed within 10 s if it is dead. */
const KEEPALIVE_MS = 10_000;

/** Settings that the SQL relies on. They override those of the server and the role. */
const SESSION = [
  'TimeZone=UTC',
  'DateStyle=ISO',
  'default_transaction_isolation=read\\ committed',
  // Compiling takes longer than any of the queries.
  'jit=off',
  // Of a solid state disk. With 4, the default, a search for a frequent value reads all events in order instead of an index.
  'random_page_cost=1.1',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/**
 * A pool of connections to a PostgreSQL server. It connects when it is first used, and again whenever it has to: calls
 * fail while the server is away and succeed when it is back. Each call settles within the connection's and its
 * statements' timeouts. A connection on which anything failed is not used again.
 */
export function openPostgres({
  url,
  applicationName,
  poolSize = DEFAULT_POOL_SIZE,
  statementTimeoutMs = 10_000,
  connectionTimeoutMs = 5_000,
  schema,
  onError,
  onUnreachable = ignore,
  onReachable = ignore,
}: PostgresOptions): Sql {
  const sockets = createSockets();
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max: poolSize,
    connectionTimeoutMillis: connectionTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_MS,
    // A process that stops in the middle of a transaction would hold its locks for as long.
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    options: schema === undefined ? SESSION : `${SESSION} -c search_path=${schema}`,
    stream: sockets.make,
    types: { getTypeParser: readerOf },
  });
  pool.on('error', (error) => {
    // The pool hangs the whole client on it, settings and all: nothing that should get into a log.
    Reflect.deleteProperty(error, 'client');
    onError(new Error(`an idle connection was lost: ${error.message}`, { cause: error }));
  });
  let closing: Promise<void> | undefined;

  /** Tells whether the server could be reached, by the outcome of a call. */
  async function watched<Result>(call: Promise<Result>): Promise<Result> {
    try {
      const result = await call;
      onReachable();
      return result;
    } catch (error) {
      if (isAnswer(error)) onReachable();
      else if (!closing) onUnreachable(new Error(errorText(error), { cause: error }));
      throw error;
    }
  }

  async function close(): Promise<void> {
    await pool.end();
    await sockets.closed(GOODBYE_MS);
  }

  const pooled = queriesOf(pool);
  return {
    query: (text, parameters) => watched(pooled.query(text, parameters)),
    async transaction(work) {
      const client = await watched(pool.connect());
      // The failed statement rejects too. Without a listener, this event would end the process.
      client.on('error', ignore);
      try {
        const result = await transact(client, work);
        client.off('error', ignore);
        client.release();
        return result;
      } catch (error) {
        // Closing the connection rolls back, and does not wait for a server that has not answered.
        client.release(true);
        throw error;
      }
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

async function transact<Result>(
  client: pg.PoolClient,
  work: (sql: SqlQueries) => Promise<Result>,
): Promise<Result> {
  await client.query('BEGIN');
  const result = await work(queriesOf(client));
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement of it had failed');
  return result;
}

function queriesOf(connection: pg.Pool | pg.PoolClient): SqlQueries {
  return {
    async query<Row>(text: string, parameters: readonly unknown[] = []) {
      const { rows } = await connection.query(text, [...parameters]);
      return rows as readonly Row[];
    },
  };
}

function ignore(): void {}
