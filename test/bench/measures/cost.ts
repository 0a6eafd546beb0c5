import { createClosers } from '@admit-one/runtime';
import type { Bench } from '../bench.ts';
import type { Contestant, ContestantId } from '../contestants/contestant.ts';
import { startContestant } from '../contestants/start-contestant.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';
import { type ClosedLoopResult, closedLoops, costsOf, type Turn } from './closed-loop.ts';

/** Whose cost is shown as a ratio to whose, where both are measured. */
const ratios: readonly (readonly [ContestantId, ContestantId])[] = [
  ['d-echo', 'c'],
  ['d-bridge', 'c'],
  ['standalone', 'c'],
  ['no-audit', 'c'],
  ['colyseus', 'c'],
  ['socket.io', 'c'],
  ['before-echo', 'c'],
  ['before-bridge', 'c'],
  ['d-echo', 'before-echo'],
  ['d-bridge', 'before-bridge'],
];

/** How many admissions a second, how long each takes, and what they cost, side by side. */
export async function measureCost(bench: Bench): Promise<readonly Figure[]> {
  const { only } = bench.options;
  const closers = createClosers();
  try {
    const contestants: Contestant[] = [];
    for (const id of only) {
      const contestant = await startContestant(id, bench.setting);
      closers.add(id, contestant.stop);
      contestants.push(contestant);
    }
    const loops = await closedLoops(contestants, only, bench);
    const all = loops.flatMap(figuresOf);
    const events = await Promise.all(contestants.map((contestant) => eventsOf(contestant, bench)));
    return [...all, ...events.flat(), ...ratios.flatMap((pair) => ratioOf(pair, only, loops))];
  } finally {
    await closers.close();
  }
}

function figuresOf({ contestant, warmUp, turns }: ClosedLoopResult): readonly Figure[] {
  const { id, endpoint, processes } = contestant;
  const figure = (what: string, unit: Figure['unit'], value: (turn: Turn) => number, of = turns) =>
    figureOf({ measure: 'cost', what, of: id, unit }, of.map(value));
  const ticket = [
    figure('ticket p50', 'ms', ({ ticketMs }) => ticketMs.p50),
    figure('ticket p99', 'ms', ({ ticketMs }) => ticketMs.p99),
  ];
  return [
    figure('admissions', '/s', ({ perSecond }) => perSecond),
    figure('failures', 'count', ({ failures }) => failures),
    ...(endpoint.credential === 'ticket' || endpoint.credential === 'seat' ? ticket : []),
    figure('upgrade p50', 'ms', ({ upgradeMs }) => upgradeMs.p50),
    figure('upgrade p99', 'ms', ({ upgradeMs }) => upgradeMs.p99),
    figure(TOTAL, 'µs', ({ totalCpu }) => totalCpu),
    figure(`${TOTAL}, in the warm-up`, 'µs', ({ totalCpu }) => totalCpu, warmUp),
    ...processes.map(({ name, inTotal }) =>
      figure(`${inTotal ? '' : 'not in the total: '}${name}`, 'µs', ({ cpu }) => cpu.get(name) ?? 0),
    ),
  ];
}

/** What the events of an admission take in the event stream. */
async function eventsOf({ id, streamBytes }: Contestant, { options }: Bench): Promise<readonly Figure[]> {
  if (!streamBytes) return [];
  const { admissions, slices, warmUp } = options;
  const each = (await streamBytes()) / (warmUp + Math.ceil(admissions / slices) * slices) / 1000;
  return [figureOf({ measure: 'cost', what: 'events in the stream', of: id, unit: 'kB' }, [each])];
}

const TOTAL = 'CPU per admission';

function ratioOf(
  [ours, theirs]: readonly [ContestantId, ContestantId],
  only: readonly ContestantId[],
  loops: readonly ClosedLoopResult[],
): readonly Figure[] {
  const [our, their] = [loops[only.indexOf(ours)], loops[only.indexOf(theirs)]];
  if (!our || !their) return [];
  const place = { measure: 'cost', what: TOTAL, of: `${ours}/${theirs}`, unit: '×' } as const;
  return [figureOf(place, ratiosOf(costsOf(our), costsOf(their)))];
}
