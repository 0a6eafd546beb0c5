import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { guardProcesses } from '@admit-one/testkit';
import { HOST } from '../client/endpoint.ts';

export interface ServerOptions {
  readonly program: string;
  /** Of Node itself. */
  readonly nodeOptions: readonly string[];
  /** All of its environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly port: number;
  /** What `GET /readyz` answers when it is ready. */
  readonly readyStatus?: number | undefined;
}

/** A program of Node in its own process. It ends with this one. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** From the spawn to the first answer that says it is ready. */
  readonly startMs: number;
  /** Has it collect its garbage, where it runs with `collect-garbage.ts`. */
  collectGarbage(): Promise<void>;
  /** Asks it to end in order. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 2;
const OUTPUT_KEPT = 4096;

/** Starts the program, and resolves when it is ready. @throws {Error} with the end of what it wrote, where it is not */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { program, nodeOptions, variables, port, readyStatus = 200 } = options;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, program], {
    env: { ...variables, PORT: `${port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} has no process`);
  const ended = once(child, 'close').then(guardProcesses([pid]));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT);
    });

  while ((await statusOf(port)) !== readyStatus) {
    if (child.exitCode !== null || performance.now() - startedAt > READY_WITHIN_MS) {
      child.kill('SIGKILL');
      await ended;
      throw new Error(`${program} did not get ready\n${output}`);
    }
    await pause(LOOK_EVERY_MS);
  }

  return {
    pid,
    port,
    startMs: performance.now() - startedAt,
    async collectGarbage() {
      const told = once(child.stdout, 'data');
      child.kill('SIGUSR2');
      await told;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** What `GET /readyz` is answered with; 0 where nobody listens. */
function statusOf(port: number): Promise<number> {
  return new Promise((resolve) => {
    const request = get({ host: HOST, port, path: '/readyz', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', () => resolve(0));
  });
}
