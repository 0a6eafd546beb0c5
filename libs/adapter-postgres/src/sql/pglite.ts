import { PGlite, type Transaction, types } from '@electric-sql/pglite';
import type { Sql, SqlQueries } from './sql.ts';
import { readerOf } from './types.ts';

/** Where the database is: a directory, used for nothing else. */
export interface PgliteLocation {
  readonly dataDir: string;
}

/** The operating system caches the files anyway: PostgreSQL's default of 128 MB would be memory of this process. */
const SMALL_CACHE = ['-c', 'shared_buffers=16MB'];

const READERS = Object.fromEntries(
  Object.values(types)
    .filter((type) => typeof type === 'number')
    .map((type) => [type, readerOf(type)]),
);

/**
 * Opens PostgreSQL inside this process, on one connection. What was committed survives the process, even killed; the
 * last of it may not survive the machine, since PGlite never waits for the disk. It does not lock its directory:
 * the caller must ensure that no other process opens it.
 */
export async function openPglite({ dataDir }: PgliteLocation): Promise<Sql> {
  const startParams = [...PGlite.defaultStartParams, ...SMALL_CACHE];
  const pglite = await PGlite.create({ dataDir, startParams, parsers: READERS });
  let closing: Promise<void> | undefined;
  return {
    query: queriesOf(pglite).query,
    transaction: (work) => pglite.transaction((transaction) => work(queriesOf(transaction))),
    close() {
      closing ??= pglite.close();
      return closing;
    },
  };
}

function queriesOf(connection: Pick<PGlite | Transaction, 'query'>): SqlQueries {
  return {
    async query<Row>(text: string, parameters: readonly unknown[] = []) {
      const { rows } = await connection.query<Row>(text, [...parameters]);
      return rows;
    },
  };
}
