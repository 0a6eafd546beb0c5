import { createClosers } from '@admit-one/runtime';
import { type Bench, inRounds, shareOf, tokensFor } from '../bench.ts';
import type { Contestant, ContestantId } from '../contestants/contestant.ts';
import { startContestant } from '../contestants/start-contestant.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';
import { latencyOf } from './closed-loop.ts';

const PER_SECOND = 200;
const SHARE = 0.2;

/** How long visitors wait who come on a schedule, at a rate that no server finds hard; with those of an earlier build. */
export async function measureLatency(bench: Bench): Promise<readonly Figure[]> {
  const ids: ContestantId[] = [
    'c',
    'd-echo',
    ...(bench.setting.earlierRoot ? (['before-echo'] as const) : []),
  ];
  const closers = createClosers();
  try {
    const contestants: Contestant[] = [];
    for (const id of ids) {
      const contestant = await startContestant(id, bench.setting);
      closers.add(id, contestant.stop);
      contestants.push(contestant);
    }
    for (const contestant of contestants) await visit(contestant, bench);
    const rounds = await inRounds(contestants, bench.options.rounds, async (contestant, round) => {
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

function figuresOf([theirs = [], ...ours]: readonly (readonly Latencies[])[]): readonly Figure[] {
  return (['ticket', 'upgrade'] as const).flatMap((step) =>
    (['p50', 'p99'] as const).flatMap((share) => {
      const what = `${step} ${share}`;
      const valuesOf = (rounds: readonly Latencies[]) => rounds.map((latencies) => latencies[step][share]);
      const figure = (of: string, unit: Figure['unit'], values: readonly number[]) =>
        figureOf({ measure: 'latency', what, of, unit }, values);
      return [
        figure('c', 'ms', valuesOf(theirs)),
        ...ours.flatMap((rounds, build) => {
          const id = build === 0 ? 'd-echo' : 'before-echo';
          return [
            figure(id, 'ms', valuesOf(rounds)),
            figure(`${id}/c`, '×', ratiosOf(valuesOf(rounds), valuesOf(theirs))),
          ];
        }),
      ];
    }),
  );
}
