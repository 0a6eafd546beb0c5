import { createClosers } from '@admit-one/runtime';
import { type Bench, shareOf } from '../bench.ts';
import { type AdmitOne, startAdmitOne } from '../contestants/start-admit-one.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';
import { closedLoops, costsOf } from './closed-loop.ts';
import { fillTickets } from './fill-tickets.ts';

/** 1,000 and 1,000,000 where 10,000 admissions are asked for. */
const FEW_SHARE = 0.1;
const MANY_SHARE = 100;

/** What an admission costs where Redis holds a thousand times as many tickets that nobody has used yet. */
export async function measureFlatCost(bench: Bench): Promise<readonly Figure[]> {
  const closers = createClosers();

  async function startWith(tickets: number): Promise<AdmitOne> {
    const stack = await startAdmitOne(bench.setting);
    closers.add(`${tickets} tickets`, stack.stop);
    await fillTickets(stack, tickets, bench);
    return stack;
  }

  try {
    const counts = [shareOf(FEW_SHARE, bench), shareOf(MANY_SHARE, bench)];
    const stacks: AdmitOne[] = [];
    for (const tickets of counts) stacks.push(await startWith(tickets));
    const names = counts.map((tickets) => `${tickets} tickets`);
    const loops = await closedLoops(stacks, names, bench);
    const [few = [], many = []] = loops.map(costsOf);
    const place = { measure: 'flat', what: 'CPU per admission' } as const;
    return [
      figureOf({ ...place, of: 'few', unit: 'µs' }, few),
      figureOf({ ...place, of: 'many', unit: 'µs' }, many),
      figureOf({ ...place, of: 'many/few', unit: '×' }, ratiosOf(many, few)),
    ];
  } finally {
    await closers.close();
  }
}
