import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { openPostgres } from '@admit-one/adapter-postgres';
import { maintainEventStream } from '@admit-one/diagnostics';
import {
  asRole,
  eventually,
  findProgram,
  type TemporaryDirectory,
  temporaryDirectory,
} from '@admit-one/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ask, sequences, settled } from '../stack/audit-log.ts';
import { type ServiceProcess, startService } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { describeFaults } from './describe-faults.ts';
import { expectAdmissions, expectSound } from './soundness.ts';
import { keepVisiting, type Visits } from './visits.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** The commands of docs/operations.md. */
async function documentedCommands(): Promise<{ readonly backUp: string; readonly restore: string }> {
  const page = await readFile(join(root, 'docs', 'operations.md'), 'utf8');
  const [section = ''] = page.split('## Backup and restore\n')[1]?.split('\n## ') ?? [];
  const [backUp = '', restore = ''] = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text);
  return { backUp, restore };
}

describeFaults('an audit log that is restored from a backup', () => {
  let stack: ServicesStack;
  let visits: Visits;
  let folder: TemporaryDirectory;
  let audit: ServiceProcess;

  beforeAll(async () => {
    [stack, folder] = await Promise.all([startServices(), temporaryDirectory()]);
    audit = stack.auditService;
    visits = keepVisiting(stack);
  });
  afterAll(async () => {
    await visits?.stop();
    await stack?.stop();
    await folder?.remove();
  });

  const natsUrl = () => asRole(stack.engines.nats.url, 'operator');
  const seen = () => ({ ...stack, audit: audit.url });
  const visited = () => expectAdmissions(visits, { withinMs: 10_000 });

  /** Runs what an operator types. */
  async function type(command: string, env: Readonly<Record<string, string>>): Promise<void> {
    const admit = `${process.execPath} ${join(root, 'libs/cli/bin/admit.js')}`;
    const PATH = `${dirname(findProgram('postgres'))}:${process.env.PATH}`;
    await run('sh', ['-ec', command.replaceAll('npx @admit-one/cli', admit)], {
      cwd: folder.path,
      env: { PATH, ...env },
    });
  }

  /** Loses the database and starts an audit-service on what the backup and the stream have. Returns its database. */
  async function restore(): Promise<string> {
    await audit.kill();
    await visited();
    const database = await stack.engines.postgres.createDatabase();
    await type((await documentedCommands()).restore, {
      RESTORED_DATABASE_URL: database,
      NATS_URL: natsUrl(),
    });
    const variables = { ...stack.variables['audit-service'], DATABASE_URL: database };
    const service = await startService('audit-service', variables);
    onTestFinished(async () => {
      await service.stop();
    });
    audit = service;
    await service.ready();
    return database;
  }

  test('has what came after the backup from the stream, and misses by number what neither has', async () => {
    const { backUp } = await documentedCommands();
    await visited();
    await type(backUp, { DATABASE_URL: stack.variables['audit-service'].DATABASE_URL ?? '' });
    await visited();
    const first = await restore();
    await visited();
    await visits.stop();
    await expectSound(seen(), visits.made);

    await type(backUp, { DATABASE_URL: first });
    visits = keepVisiting(stack);
    await visited();
    await visits.stop();
    await settled(seen());
    await eventually(
      async () => {
        await maintainEventStream({ NATS_URL: natsUrl() }, ({ trim }) => trim());
        const { bytes } = await maintainEventStream({ NATS_URL: natsUrl() }, ({ level }) => level());
        expect(bytes).toBe(0);
      },
      { what: 'an empty stream', timeoutMs: 20_000 },
    );
    visits = keepVisiting(stack);
    const second = await restore();
    const lost = await placesOnlyIn(first, second);
    expect(lost.length).toBeGreaterThan(0);
    await eventually(
      async () => {
        const missing = (await sequences(seen())).flatMap(({ partitionkey, missing }) =>
          missing.flatMap(([from, to]) =>
            Array.from({ length: to - from + 1 }, (_, n) => `${partitionkey} ${from + n}`),
          ),
        );
        expect(missing).toEqual(expect.arrayContaining([...lost]));
      },
      { what: 'every lost event as a missing number', timeoutMs: 60_000, everyMs: 500 },
    );
    const { streams } = await ask<{ streams: { lostCount: number }[] }>(seen(), 'completeness');
    expect(streams).toMatchObject([{ lostCount: expect.any(Number) }]);
    expect(streams[0]?.lostCount).toBeGreaterThan(0);
  });
});

/** The places of the store's events that one database has and another has not. */
async function placesOnlyIn(database: string, other: string): Promise<readonly string[]> {
  const [all, others] = await Promise.all([database, other].map(placesIn));
  return [...(all ?? [])].filter((place) => !others?.has(place));
}

async function placesIn(url: string): Promise<ReadonlySet<string>> {
  const sql = openPostgres({ url, applicationName: 'test', onError: () => {} });
  try {
    const rows = await sql.query<{ place: string }>(
      "SELECT partition_key || ' ' || sequence AS place FROM event WHERE partition_key ~ '^p[0-9][0-9][.]'",
    );
    return new Set(rows.map(({ place }) => place));
  } finally {
    await sql.close();
  }
}
