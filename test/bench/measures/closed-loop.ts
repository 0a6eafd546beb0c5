import { type Bench, inRounds, shareOf, tokensFor } from '../bench.ts';
import type { Contestant } from '../contestants/contestant.ts';
import { cpuMicroseconds } from '../processes/proc.ts';
import { quantile } from '../report/figures.ts';

const CONCURRENCY = 32;
/** For V8 to have seen what it will see, and for the caches to be as they stay. */
const WARM_UP_SHARE = 0.2;

/** One turn of a contestant. */
export interface Turn {
  readonly perSecond: number;
  readonly ticketMs: Latency;
  readonly upgradeMs: Latency;
  readonly failures: number;
  /** CPU microseconds per admission, by process. */
  readonly cpu: ReadonlyMap<string, number>;
  /** Of those that are in the total. */
  readonly totalCpu: number;
}

export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** What half of the values, and all but a hundredth, are below. */
export function latencyOf(values: readonly number[]): Latency {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}

/** Warms each contestant up, and gives each its turns. */
export async function closedLoopTurns(
  contestants: readonly Contestant[],
  names: readonly string[],
  bench: Bench,
): Promise<readonly (readonly Turn[])[]> {
  const { options, reportProgress } = bench;
  for (const contestant of contestants) await takeTurn(contestant, shareOf(WARM_UP_SHARE, bench), bench);
  const all = contestants.map((contestant, n) => ({ contestant, name: names[n] ?? '' }));
  return inRounds(all, options.rounds, async ({ contestant, name }, round) => {
    const turn = await takeTurn(contestant, options.admissions, bench);
    const { perSecond, totalCpu } = turn;
    reportProgress(
      `round ${round + 1}: ${name}: ${Math.round(perSecond)} admissions/s, ${Math.round(totalCpu)} µs CPU each`,
    );
    return turn;
  });
}

/** The CPU is counted from the first request until nothing is left to do. */
async function takeTurn(
  { endpoint, processes, settled }: Contestant,
  admissions: number,
  bench: Bench,
): Promise<Turn> {
  const tokens = await tokensFor(admissions, bench);
  const pids = processes.map(({ pid }) => pid);
  const before = cpuMicroseconds(pids);
  const visits = await bench.client.closedLoop({ endpoint, tokens, admissions, concurrency: CONCURRENCY });
  await settled(visits.admitted);
  const after = cpuMicroseconds(pids);
  bench.failed(visits.failures);

  const spent = processes.map((process, n) => ({
    ...process,
    each: ((after[n] ?? 0) - (before[n] ?? 0)) / visits.admitted,
  }));
  return {
    perSecond: visits.admitted / visits.seconds,
    ticketMs: latencyOf(visits.ticketMs),
    upgradeMs: latencyOf(visits.upgradeMs),
    failures: admissions - visits.admitted,
    cpu: new Map(spent.map(({ name, each }) => [name, each])),
    totalCpu: spent.reduce((sum, { inTotal, each }) => sum + (inTotal ? each : 0), 0),
  };
}
