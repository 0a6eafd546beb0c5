import { runClosedLoop } from './closed-loop.ts';
import type { Command, LoadGenerator, Outcome } from './load-generator.ts';
import { createOpenConnections } from './open-connections.ts';
import { runOpenLoop } from './open-loop.ts';

const crowd = createOpenConnections();
const orders: LoadGenerator = {
  closedLoop: runClosedLoop,
  openLoop: runOpenLoop,
  gather: crowd.gather,
  count: async () => crowd.count(),
  disperse: crowd.disperse,
};

async function carryOut({ name, argument }: Command): Promise<Outcome> {
  try {
    const order: (argument: never) => Promise<unknown> = orders[name];
    return { result: await order(argument as never) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', async (order: Command) => process.send?.(await carryOut(order)));
process.on('disconnect', () => process.exit());
