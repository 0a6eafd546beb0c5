import { runClosedLoop } from './closed-loop.ts';
import { createCrowd } from './crowd.ts';
import { runOpenLoop } from './open-loop.ts';
import type { Order, Orders, Outcome } from './orders.ts';

const crowd = createCrowd();
const orders: Orders = {
  closedLoop: runClosedLoop,
  openLoop: runOpenLoop,
  gather: crowd.gather,
  count: async () => crowd.count(),
  disperse: crowd.disperse,
};

async function carryOut({ name, argument }: Order): Promise<Outcome> {
  try {
    const order: (argument: never) => Promise<unknown> = orders[name];
    return { result: await order(argument as never) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', async (order: Order) => process.send?.(await carryOut(order)));
process.on('disconnect', () => process.exit());
