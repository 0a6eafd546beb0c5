import { type Bench, inRounds, tokensFor } from '../bench.ts';
import type { Contestant } from '../contestants/contestant.ts';
import { cpuMicroseconds } from '../processes/proc.ts';
import { quantile } from '../report/figures.ts';

/** At each endpoint. */
const CONCURRENCY = 32;

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

/** What a contestant's closed loop gave: its warm-up in one turn, and the turns that are measured. */
export interface ClosedLoopResult {
  readonly contestant: Contestant;
  readonly warmUp: readonly Turn[];
  readonly turns: readonly Turn[];
}

/** What an admission cost in each turn. */
export function costsOf({ turns }: ClosedLoopResult): readonly number[] {
  return turns.map(({ totalCpu }) => totalCpu);
}

/**
 * Warms each contestant up; then all take turns, slice by slice. One of several instances has as many times more visitors
 * and admissions. Gives one result for each, in their order.
 */
export async function closedLoops(
  contestants: readonly Contestant[],
  names: readonly string[],
  bench: Bench,
): Promise<readonly ClosedLoopResult[]> {
  const { slices, warmUp, admissions } = bench.options;
  const all = contestants.map((contestant, n) => ({ contestant, name: names[n] ?? '' }));
  async function takeTurn({ contestant, name }: (typeof all)[number], part: string, size: number) {
    const instances = 1 + (contestant.moreEndpoints?.length ?? 0);
    const turn = await turnOf(contestant, size * instances, bench);
    const [perSecond, each] = [Math.round(turn.perSecond), Math.round(turn.totalCpu)];
    bench.reportProgress(`${part}: ${name}: ${perSecond} admissions/s, ${each} µs CPU each`);
    return turn;
  }
  const warmUps = await inRounds(all, 1, (one) => takeTurn(one, 'warm-up', warmUp));
  const size = Math.ceil(admissions / slices);
  const turns = await inRounds(all, slices, (one, slice) =>
    takeTurn(one, `slice ${slice + 1} of ${slices}`, size),
  );
  return all.map(({ contestant }, n) => ({
    contestant,
    warmUp: warmUps[n] ?? [],
    turns: turns[n] ?? [],
  }));
}

/** The CPU is counted from the first request until nothing is left to do. */
async function turnOf(
  { endpoint, moreEndpoints = [], processes, settled }: Contestant,
  admissions: number,
  bench: Bench,
): Promise<Turn> {
  const tokens = await tokensFor(admissions, bench);
  const pids = processes.map(({ pid }) => pid);
  const before = cpuMicroseconds(pids);
  const visits = await bench.client.closedLoop({
    endpoints: [endpoint, ...moreEndpoints],
    tokens,
    admissions,
    concurrency: CONCURRENCY * (1 + moreEndpoints.length),
  });
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
