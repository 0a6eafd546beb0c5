import { runClosedLoop } from './closed-loop.ts';
import type { Command, CommandOutcome, LoadGenerator } from './load-generator.ts';
import { createOpenConnections } from './open-connections.ts';
import { runOpenLoop } from './open-loop.ts';
import { runRequestLoop } from './request-loop.ts';

const connections = createOpenConnections();
const generator: LoadGenerator = {
  closedLoop: runClosedLoop,
  openLoop: runOpenLoop,
  requestLoop: runRequestLoop,
  gather: connections.gather,
  count: async () => connections.count(),
  disperse: connections.disperse,
};

async function carryOut({ name, argument }: Command): Promise<CommandOutcome> {
  try {
    const run: (argument: never) => Promise<unknown> = generator[name];
    return { result: await run(argument as never) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', async (command: Command) => process.send?.(await carryOut(command)));
process.on('disconnect', () => process.exit());
