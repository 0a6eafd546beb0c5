import { missingEngines, openEmptyDatabase, type PostgresEngine, startPostgres } from '@admit-one/testkit';
import { afterAll, beforeAll, describe } from 'vitest';
import { openPglite } from './pglite.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';
import type { Sql } from './sql.ts';

/** Opens a new, empty database. */
export type OpenEmpty = () => Promise<Sql>;

/** Registers a suite twice: on the embedded PostgreSQL, and on a server. */
export function describeOnBothEngines(suite: (engine: string, openEmpty: OpenEmpty) => void): void {
  describe('on PGlite', () => suite('PGlite', () => openEmptyDatabase(openPglite)));
  describeOnServer((server) => {
    suite('a PostgreSQL server', async () => openForTest({ url: await server().createDatabase() }));
  });
}

/** Registers a suite on its own server, or says why it is skipped. */
export function describeOnServer(suite: (server: () => PostgresEngine) => void): void {
  const missing = missingEngines('postgres');
  describe.skipIf(missing)(`on a PostgreSQL server${missing ? `: ${missing}` : ''}`, () => {
    let server: PostgresEngine;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server?.stop());
    suite(() => server);
  });
}

/** Opens a server's database; what is not said is as long as a busy machine needs. */
export function openForTest(options: Partial<PostgresOptions> & { readonly url: string }): Sql {
  return openPostgres({ applicationName: 'test', poolSize: 4, onError: () => {}, ...options });
}
