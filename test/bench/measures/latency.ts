import { createClosers } from '@admit-one/runtime';
import { type Bench, inRounds, shareOf, tokensFor } from '../bench.ts';
import type { Contestant } from '../contestants/contestant.ts';
import { startAdmitOne } from '../contestants/start-admit-one.ts';
import { startHomeMade } from '../contestants/start-simple.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';
import { latencyOf } from './closed-loop.ts';

const PER_SECOND = 200;
const SHARE = 0.2;

/** How long visitors wait who come on a schedule, at a rate that no server finds hard. */
export async function measureLatency(bench: Bench): Promise<readonly Figure[]> {
  const closers = createClosers();
  try {
    const theirs = await startHomeMade(bench.setting);
    closers.add('c', theirs.stop);
    const ours = await startAdmitOne(bench.setting);
    closers.add('d', ours.stop);
    for (const contestant of [theirs, ours]) await visit(contestant, bench);
    const rounds = await inRounds([theirs, ours], bench.options.rounds, async (contestant, round) => {
      const latencies = await visit(contestant, bench);
      bench.reportProgress(
        `round ${round + 1}: ${contestant.id}: upgrade p99 ${latencies.upgrade.p99.toFixed(2)} ms`,
      );
      return latencies;
    });
    return figuresOf(rounds);
  } finally {
    await closers.close();
  }
}

type Latencies = Awaited<ReturnType<typeof visit>>;

async function visit({ endpoint, settled }: Contestant, bench: Bench) {
  const admissions = shareOf(SHARE, bench);
  const tokens = await tokensFor(admissions, bench);
  const visits = await bench.client.openLoop({ endpoint, tokens, admissions, perSecond: PER_SECOND });
  await settled(visits.admitted);
  bench.failed(visits.failures);
  return { ticket: latencyOf(visits.ticketMs), upgrade: latencyOf(visits.upgradeMs) };
}

function figuresOf([theirs = [], ours = []]: readonly (readonly Latencies[])[]): readonly Figure[] {
  return (['ticket', 'upgrade'] as const).flatMap((step) =>
    (['p50', 'p99'] as const).flatMap((share) => {
      const what = `${step} ${share}`;
      const [c, d] = [theirs, ours].map((rounds) => rounds.map((latencies) => latencies[step][share]));
      if (!c || !d) return [];
      return [
        figureOf({ measure: 'latency', what, of: 'c', unit: 'ms' }, c),
        figureOf({ measure: 'latency', what, of: 'd-echo', unit: 'ms' }, d),
        figureOf({ measure: 'latency', what, of: 'd-echo/c', unit: '×' }, ratiosOf(d, c)),
      ];
    }),
  );
}
