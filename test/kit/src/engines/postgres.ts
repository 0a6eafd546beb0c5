import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Engine, startEngine } from './engine.ts';
import { LOOPBACK } from './held-port.ts';
import { findProgram } from './programs.ts';

export interface PostgresOptions {
  /** Settings by name, over those that save tests the waiting for the disk. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PostgreSQL server that trusts every connection; its URL names the superuser and the database `postgres`. */
export interface PostgresEngine extends Engine {
  /** Makes a new, empty database, and gives its URL. */
  createDatabase(): Promise<string>;
}

const SUPERUSER = 'postgres';
/** No promise survives a power failure so; all survive the end of the process. */
const UNSYNCED = { fsync: 'off', full_page_writes: 'off' };
const run = promisify(execFile);

/** Starts a PostgreSQL server. @throws {Error} with what it wrote, where it does not start */
export async function startPostgres({ settings = {} }: PostgresOptions = {}): Promise<PostgresEngine> {
  const initdb = findProgram('initdb');
  const program = findProgram('postgres');
  const createdb = findProgram('createdb');
  const changed = Object.entries({ ...UNSYNCED, ...settings }).map(([name, value]) => `--${name}=${value}`);
  const user = process.getuid?.() === 0 ? await ordinaryUser() : undefined;
  const engine = await startEngine({
    async prepare(folder) {
      if (user) await chown(folder, user.uid, user.gid);
      const data = ['-D', join(folder, 'data'), '--no-sync', '--no-instructions'];
      const access = ['-U', SUPERUSER, '--auth=trust', '--no-locale', '-E', 'UTF8'];
      await run(initdb, [...data, ...access], { cwd: folder, ...user, env: {} });
    },
    command: (folder, port) => ({
      program,
      args: ['-D', 'data', '-p', `${port}`, '-h', LOOPBACK, '-k', '', ...changed],
      cwd: folder,
      ...(user && { user }),
    }),
    url: (host, port) => `postgres://${SUPERUSER}@${host}:${port}/postgres`,
    ready: /ready to accept connections/,
    stopSignal: 'SIGINT',
  });
  return Object.assign(engine, {
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await run(createdb, ['-h', engine.host, '-p', `${engine.port}`, '-U', SUPERUSER, name], { env: {} });
      return engine.url.replace(/[^/]*$/, name);
    },
  });
}

/** PostgreSQL does not run as root; its package comes with a user for it. */
async function ordinaryUser(): Promise<{ uid: number; gid: number }> {
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8'));
  if (!entry) throw new Error('PostgreSQL does not run as root, and there is no user postgres');
  return { uid: Number(entry[1]), gid: Number(entry[2]) };
}
