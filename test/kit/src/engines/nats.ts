import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, startEngine } from './engine.ts';
import { LOOPBACK } from './held-port.ts';
import { findProgram } from './programs.ts';

export interface NatsOptions {
  /** Its configuration, as in `nats-server.conf`; what is said of `jetstream` adds to a file store in its folder. */
  readonly config?: Readonly<Record<string, unknown>> & {
    readonly jetstream?: Readonly<Record<string, unknown>>;
  };
  /** A `nats-server.conf` to use in place of `config`; its port and its store are not used. */
  readonly configFile?: string;
  /** The environment variables that the file names. */
  readonly env?: Readonly<Record<string, string>>;
  /** More arguments. */
  readonly args?: readonly string[];
}

/** A NATS server with JetStream. */
export interface NatsEngine extends Engine {
  /** Removes its streams. @throws {Error} where it runs */
  wipe(): Promise<void>;
}

/** Starts a NATS server. @throws {Error} with what it wrote, where it does not start */
export async function startNats({
  config = {},
  configFile,
  env = {},
  args = [],
}: NatsOptions = {}): Promise<NatsEngine> {
  const program = findProgram('nats-server');
  const jetstream = { store_dir: 'data', ...config.jetstream };
  const engine = await startEngine({
    async prepare(folder) {
      await writeFile(join(folder, 'nats.conf'), configLines({ ...config, jetstream }));
    },
    command: (folder, port) => ({
      program,
      args: ['-c', configFile ?? 'nats.conf', '-a', LOOPBACK, '-p', `${port}`, ...args],
      cwd: folder,
      env,
    }),
    url: (host, port) => `nats://${host}:${port}`,
    ready: /Server is ready/,
    stopSignal: 'SIGTERM',
  });
  return Object.assign(engine, {
    async wipe() {
      if (engine.isRunning)
        throw new Error('nats-server runs: its data can only be removed while it is down');
      await rm(join(engine.folder, 'data'), { recursive: true, force: true });
    },
  });
}

/** Its configuration language takes JSON for values. */
function configLines(config: Readonly<Record<string, unknown>>): string {
  return Object.entries(config)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('');
}
