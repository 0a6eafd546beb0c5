import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Command, CommandOutcome, LoadGenerator } from '../client/load-generator.ts';

/** The clients, in their own process, so that nobody's CPU is counted with theirs. One command at a time. */
export interface ClientProcess extends LoadGenerator {
  stop(): Promise<void>;
}

/** Starts the process; it ends with this one. @param program the bundle of `client/main.ts` */
export function startClient(program: string): ClientProcess {
  const child = fork(program, { serialization: 'advanced', stdio: 'inherit' });
  const ended = once(child, 'exit').then(() => {
    throw new Error('the client ended');
  });
  ended.catch(() => {});

  async function carryOut<Result>(name: Command['name'], argument?: unknown): Promise<Result> {
    const answered = once(child, 'message');
    child.send({ name, argument } satisfies Command);
    const [outcome] = (await Promise.race([answered, ended])) as [CommandOutcome];
    if ('failure' in outcome) throw new Error(`the client: ${outcome.failure}`);
    return outcome.result as Result;
  }

  return {
    closedLoop: (loop) => carryOut('closedLoop', loop),
    openLoop: (loop) => carryOut('openLoop', loop),
    requestLoop: (loop) => carryOut('requestLoop', loop),
    gather: (gathering) => carryOut('gather', gathering),
    count: () => carryOut('count'),
    disperse: () => carryOut('disperse'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await ended.catch(() => {});
    },
  };
}
