import type { Setting } from './contestants/contestant.ts';
import type { Issuer } from './issuer.ts';
import type { Options } from './options.ts';
import type { ClientProcess } from './processes/client-process.ts';

/** What every measure works with. */
export interface Bench {
  readonly options: Options;
  readonly setting: Setting;
  readonly issuer: Issuer;
  readonly client: ClientProcess;
  /** Records failures of visitors. */
  failed(failures: Readonly<Record<string, number>>): void;
  /** Writes a line about the progress. */
  reportProgress(line: string): void;
}

/** How often each token is used, as clients do that reconnect. */
const USES_OF_A_TOKEN = 5;

/** Tokens for so many admissions, that nobody has seen before. */
export function tokensFor(admissions: number, { issuer }: Bench): Promise<readonly string[]> {
  return issuer.tokens(Math.ceil(admissions / USES_OF_A_TOKEN));
}

/** A share of the admissions that were asked for, and some in any case. */
export function shareOf(share: number, { options }: Bench): number {
  return Math.max(MIN_ADMISSIONS, Math.round(options.admissions * share));
}

const MIN_ADMISSIONS = 10;

/** So often, each of them once, first in one order and then in the other: what drifts, drifts for all. */
export async function inRounds<Who, Result>(
  all: readonly Who[],
  rounds: number,
  turn: (who: Who, round: number) => Promise<Result>,
): Promise<readonly (readonly Result[])[]> {
  const results: Result[][] = all.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    const order = [...all.entries()];
    for (const [n, who] of round % 2 === 0 ? order : order.reverse())
      results[n]?.push(await turn(who, round));
  }
  return results;
}
