import { eventually } from '@admit-one/testkit';
import { type Program, runProgram } from '../process/run.ts';
import type { Variables } from './stack.ts';

/** One service, as built, in a process of its own; it can be killed and started again. */
export interface ServiceProcess {
  /** Where it listens now, `http://…`. */
  readonly url: string;
  readonly metricsUrl: string;
  /** Everything that it has written, over all its lives. */
  logs(): string;
  /** Waits until `/readyz` says so. */
  ready(): Promise<void>;
  /** `SIGSTOP`, and `SIGCONT`. */
  pause(): void;
  resume(): void;
  /** `SIGKILL`. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again, on the same port as before. */
  start(): Promise<void>;
  /** `SIGTERM`. Resolves with the exit code. */
  stop(): Promise<number | NodeJS.Signals>;
}

export type ServiceName = 'ticket-service' | 'ws-edge' | 'audit-service';

const READY_MS = 20_000;
const LISTENING = /\{[^\n]*"message":"listening"\}/;

/** Starts a service, and resolves when it listens. */
export async function startService(name: ServiceName, variables: Variables): Promise<ServiceProcess> {
  const lives: Program[] = [];
  let address = await live(variables);

  async function live(env: Variables) {
    const program = runProgram(`services/${name}/dist/main.js`, [], env);
    lives.push(program);
    const [line] = await program.printed(LISTENING);
    return JSON.parse(line) as { url: string; metricsUrl: string };
  }

  function current(): Program {
    const last = lives.at(-1);
    if (!last) throw new Error(`${name} was never started`);
    return last;
  }

  return {
    get url() {
      return address.url.replace('localhost', '127.0.0.1');
    },
    get metricsUrl() {
      return address.metricsUrl.replace('localhost', '127.0.0.1');
    },
    logs: () => lives.map((life) => life.stdout() + life.stderr()).join('\n'),
    async ready() {
      await eventually(
        async () => {
          const response = await fetch(`${address.url.replace('localhost', '127.0.0.1')}/readyz`);
          if (response.status !== 200) throw new Error(await response.text());
        },
        { what: `${name} to be ready`, timeoutMs: READY_MS, everyMs: 50 },
      );
    },
    pause: () => current().process.kill('SIGSTOP'),
    resume: () => current().process.kill('SIGCONT'),
    async kill() {
      current().process.kill('SIGKILL');
      await current().ended;
    },
    async start() {
      const { port } = new URL(address.url);
      address = await live({ ...variables, PORT: port });
    },
    async stop() {
      current().process.kill('SIGCONT');
      current().process.kill('SIGTERM');
      return current().ended;
    },
  };
}
