import { createClosers } from '@admit-one/runtime';
import type { Bench } from '../bench.ts';
import type { Contestant, ContestantId, Setting } from '../contestants/contestant.ts';
import { startAdmitOne } from '../contestants/start-admit-one.ts';
import { startBare, startHomeMade, startWithJwt } from '../contestants/start-simple.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';
import { closedLoopTurns, type Turn } from './closed-loop.ts';

const starts: Readonly<Record<ContestantId, (setting: Setting) => Promise<Contestant>>> = {
  a: startBare,
  b: startWithJwt,
  c: startHomeMade,
  d: startAdmitOne,
};

/** How many admissions a second, how long each takes, and what they cost, side by side. */
export async function measureCost(bench: Bench): Promise<readonly Figure[]> {
  const { only } = bench.options;
  const closers = createClosers();
  try {
    const contestants: Contestant[] = [];
    for (const id of only) {
      const contestant = await starts[id](bench.setting);
      closers.add(id, contestant.stop);
      contestants.push(contestant);
    }
    const turns = await closedLoopTurns(contestants, only, bench);
    const all = contestants.flatMap((contestant, n) => figuresOf(contestant, turns[n] ?? []));
    return [...all, ...ratioOf(turns[only.indexOf('d')], turns[only.indexOf('c')])];
  } finally {
    await closers.close();
  }
}

function figuresOf({ id, endpoint, processes }: Contestant, turns: readonly Turn[]): readonly Figure[] {
  const figure = (what: string, unit: Figure['unit'], value: (turn: Turn) => number) =>
    figureOf({ measure: 'cost', what, of: id, unit }, turns.map(value));
  const ticket = [
    figure('ticket p50', 'ms', ({ ticketMs }) => ticketMs.p50),
    figure('ticket p99', 'ms', ({ ticketMs }) => ticketMs.p99),
  ];
  return [
    figure('admissions', '/s', ({ perSecond }) => perSecond),
    figure('failures', 'count', ({ failures }) => failures),
    ...(endpoint.credential === 'ticket' ? ticket : []),
    figure('upgrade p50', 'ms', ({ upgradeMs }) => upgradeMs.p50),
    figure('upgrade p99', 'ms', ({ upgradeMs }) => upgradeMs.p99),
    figure(TOTAL, 'µs', ({ totalCpu }) => totalCpu),
    ...processes.map(({ name, inTotal }) =>
      figure(`${inTotal ? '' : 'not in the total: '}${name}`, 'µs', ({ cpu }) => cpu.get(name) ?? 0),
    ),
  ];
}

const TOTAL = 'CPU per admission';

function ratioOf(ours: readonly Turn[] | undefined, theirs: readonly Turn[] | undefined): readonly Figure[] {
  if (!ours || !theirs) return [];
  const ratios = ratiosOf(
    ours.map(({ totalCpu }) => totalCpu),
    theirs.map(({ totalCpu }) => totalCpu),
  );
  return [figureOf({ measure: 'cost', what: TOTAL, of: 'd/c', unit: '×' }, ratios)];
}
