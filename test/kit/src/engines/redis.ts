import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, startEngine } from './engine.ts';
import { LOOPBACK } from './held-port.ts';
import { findProgram } from './programs.ts';
import { type RedisCommand, redisCli } from './redis-cli.ts';

export interface RedisOptions {
  /**
   * Lines of its configuration by name; several values are several lines. Without any, nothing is written to disk: the
   * data ends with the process. `requirepass` becomes part of the URL, and `tls-cert-file` makes its port one of TLS.
   */
  readonly config?: Readonly<Record<string, string | readonly string[]>>;
}

/** A Redis server. */
export interface RedisEngine extends Engine {
  readonly command: RedisCommand;
  /** Keeps a copy of its data as of now, for `restoreData`; the earlier copy is dropped. It must run. */
  copyData(): Promise<void>;
  /** Puts the copy in the place of its data. @throws {Error} where it runs */
  restoreData(): Promise<void>;
  /** Removes its data. @throws {Error} where it runs */
  wipe(): Promise<void>;
}

/** Starts a Redis server. @throws {Error} with what it wrote, where it does not start */
export async function startRedis({ config = {} }: RedisOptions = {}): Promise<RedisEngine> {
  const program = findProgram('redis-server');
  const password = config.requirepass;
  const tls = config['tls-cert-file'] !== undefined;
  const lines = configLines({ bind: LOOPBACK, save: '', 'repl-diskless-sync-delay': '0', ...config });
  const engine = await startEngine({
    async prepare(folder) {
      await mkdir(join(folder, 'data'));
      await writeFile(join(folder, 'redis.conf'), lines);
    },
    command: (folder, port) => ({
      program,
      args: ['../redis.conf', ...(tls ? ['--port', '0', '--tls-port'] : ['--port']), `${port}`],
      cwd: join(folder, 'data'),
    }),
    url: (host, port) =>
      `${tls ? 'rediss' : 'redis'}://${password === undefined ? '' : `default:${password}@`}${host}:${port}`,
    ready: /Ready to accept connections/,
    stopSignal: 'SIGTERM',
  });
  const data = join(engine.folder, 'data');
  const copy = join(engine.folder, 'copy');

  async function replaceData(by?: string): Promise<void> {
    if (engine.isRunning)
      throw new Error('redis-server runs: its data can only be replaced while it is down');
    await rm(data, { recursive: true });
    if (by === undefined) await mkdir(data);
    else await cp(by, data, { recursive: true });
  }

  const command = redisCli(engine.url);
  return Object.assign(engine, {
    command,
    async copyData() {
      await command('SAVE');
      await rm(copy, { recursive: true, force: true });
      await cp(data, copy, { recursive: true });
    },
    restoreData: () => replaceData(copy),
    wipe: () => replaceData(),
  });
}

function configLines(config: Readonly<Record<string, string | readonly string[]>>): string {
  return Object.entries(config)
    .flatMap(([name, values]) => [values].flat().map((value) => `${name} ${value === '' ? '""' : value}\n`))
    .join('');
}
