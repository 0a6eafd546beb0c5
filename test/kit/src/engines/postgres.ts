import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { copyDirectory, keptDirectory } from '../kept-directory.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
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
  const program = findProgram('postgres');
  const createdb = findProgram('createdb');
  const changed = Object.entries({ ...UNSYNCED, ...settings }).map(([name, value]) => `--${name}=${value}`);
  const user = process.getuid?.() === 0 ? await ordinaryUser() : undefined;
  const engine = await startEngine({
    async prepare(folder) {
      if (user) await chown(folder, user.uid, user.gid);
      await copyDirectory(await initializedCluster(program, user), join(folder, 'data'));
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

/** The data directory of a server that was never started. To initialise one takes four times as long as to copy it. */
async function initializedCluster(program: string, user: User | undefined): Promise<string> {
  const { stdout } = await run(program, ['--version'], { env: {} });
  return keptDirectory(stdout.trim().replace(/[^\w.]+/g, '-'), async (path) => {
    // Not where it is to be kept: the user need not have access to the folder of the project.
    const directory = await temporaryDirectory();
    if (user) await chown(directory.path, user.uid, user.gid);
    const data = join(directory.path, 'data');
    const files = ['-D', data, '--no-sync', '--no-instructions'];
    const access = ['-U', SUPERUSER, '--auth=trust', '--no-locale', '-E', 'UTF8'];
    await run(findProgram('initdb'), [...files, ...access], { cwd: directory.path, ...user, env: {} });
    await copyDirectory(data, path);
    await directory.remove();
  });
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL does not run as root; its package comes with a user for it. */
async function ordinaryUser(): Promise<User> {
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8'));
  if (!entry) throw new Error('PostgreSQL does not run as root, and there is no user postgres');
  return { uid: Number(entry[1]), gid: Number(entry[2]) };
}
