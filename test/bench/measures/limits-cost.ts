import { join } from 'node:path';
import { createClosers } from '@admit-one/runtime';
import { LENIENT } from '../../stack/stack.ts';
import type { Bench } from '../bench.ts';
import { type AdmitOne, startAdmitOne } from '../contestants/start-admit-one.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';
import { closedLoops, costsOf } from './closed-loop.ts';

/**
 * What an admission costs as it is by default, beside one without limits, and one whose appends look for no markers and
 * fences of revocations.
 */
export async function measureLimits(bench: Bench): Promise<readonly Figure[]> {
  const closers = createClosers();
  const { setting } = bench;
  const withoutMarkers = {
    ...setting,
    ticketService: join(setting.programs, 'ticket-service-without-guards.js'),
  };
  const starts: Readonly<Record<string, () => Promise<AdmitOne>>> = {
    on: () => startAdmitOne(setting),
    'limits off': () => startAdmitOne(setting, { variables: LENIENT }),
    'markers off': () => startAdmitOne(withoutMarkers),
  };
  const names = Object.keys(starts);
  try {
    const stacks: AdmitOne[] = [];
    for (const [name, start] of Object.entries(starts)) {
      const stack = await start();
      closers.add(name, stack.stop);
      stacks.push(stack);
    }
    const loops = await closedLoops(stacks, names, bench);
    const [on = [], ...without] = loops.map(costsOf);
    const place = { measure: 'limits', what: 'CPU per admission' } as const;
    return [
      figureOf({ ...place, of: 'on', unit: 'µs' }, on),
      ...without.flatMap((costs, n) => [
        figureOf({ ...place, of: `${names[n + 1]}`, unit: 'µs' }, costs),
        figureOf({ ...place, of: `on/${names[n + 1]}`, unit: '×' }, ratiosOf(on, costs)),
      ]),
    ];
  } finally {
    await closers.close();
  }
}
