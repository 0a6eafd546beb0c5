import { createClosers } from '@admit-one/runtime';
import type { Bench } from '../bench.ts';
import { type AdmitOne, startAdmitOne } from '../contestants/start-admit-one.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';
import { closedLoops, costsOf } from './closed-loop.ts';

/** Of ticket-services, and of edges. */
const INSTANCES = [1, 2, 3];

/** What an admission costs with several instances, each with as many clients as one has alone. */
export async function measureScaleOut(bench: Bench): Promise<readonly Figure[]> {
  const closers = createClosers();
  try {
    const stacks: AdmitOne[] = [];
    for (const instances of INSTANCES) {
      const stack = await startAdmitOne(bench.setting, { instances });
      closers.add(`${instances} instances`, stack.stop);
      stacks.push(stack);
    }
    const names = INSTANCES.map((instances) => `${instances}`);
    const costs = (await closedLoops(stacks, names, bench)).map(costsOf);
    const [alone = []] = costs;
    const place = { measure: 'scale', what: 'CPU per admission' } as const;
    return costs.flatMap((own, n) => [
      figureOf({ ...place, of: `${names[n]}`, unit: 'µs' }, own),
      ...(n === 0 ? [] : [figureOf({ ...place, of: `${names[n]}/1`, unit: '×' }, ratiosOf(own, alone))]),
    ]);
  } finally {
    await closers.close();
  }
}
