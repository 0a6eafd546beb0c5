import { eventually } from '@admit-one/testkit';
import { type Program, runProgram } from './program.ts';
import type { Variables } from './stack.ts';

/** One service, as built, in its own process; it can be killed and started again. */
export interface ServiceProcess {
  /** Where it listens now, `http://…`. */
  readonly url: string;
  readonly metricsUrl: string;
  /** Of its process now, or of the last one; undefined where it has none of its own. */
  readonly pid: number | undefined;
  /** Everything that it has written, over all its lives. */
  logs(): string;
  /** The lines of its log, all or those with a message. */
  lines(message?: string): readonly LogLine[];
  /** What Prometheus would scrape now. */
  metrics(): Promise<string>;
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

export interface LogLine {
  readonly severity: string;
  readonly message: string;
  readonly instance: string;
  readonly [fact: string]: unknown;
}

export type ServiceName = 'ticket-service' | 'ws-edge' | 'audit-service';

const LISTENING = /\{[^\n]*"message":"listening"\}/;

/** Starts a service, as built or as `launch` does, and resolves when it listens. */
export async function startService(
  name: ServiceName,
  variables: Variables,
  launch: (env: Variables) => Program = (env) => runProgram(`services/${name}/dist/main.js`, [], env),
): Promise<ServiceProcess> {
  const lives: Program[] = [];
  let address = await live(variables);

  async function live(env: Variables) {
    const program = launch(env);
    lives.push(program);
    const [line] = await program.printed(LISTENING);
    return JSON.parse(line) as { url: string; metricsUrl: string };
  }

  function current(): Program {
    const last = lives.at(-1);
    if (!last) throw new Error(`${name} was never started`);
    return last;
  }

  function logs(): string {
    return lives.map((life) => life.stdout() + life.stderr()).join('\n');
  }

  return {
    get url() {
      return address.url.replace('localhost', '127.0.0.1');
    },
    get metricsUrl() {
      return address.metricsUrl.replace('localhost', '127.0.0.1');
    },
    get pid() {
      return current().process.pid;
    },
    logs,
    lines(message) {
      const lines = logs()
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'));
      const parsed = lines.map((line) => JSON.parse(line) as LogLine);
      return message === undefined ? parsed : parsed.filter((line) => line.message === message);
    },
    async metrics() {
      return (await fetch(address.metricsUrl.replace('localhost', '127.0.0.1'))).text();
    },
    async ready() {
      await eventually(
        async () => {
          const response = await fetch(`${address.url.replace('localhost', '127.0.0.1')}/readyz`);
          if (response.status !== 200) throw new Error(await response.text());
        },
        { what: `${name} to be ready`, everyMs: 50 },
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
