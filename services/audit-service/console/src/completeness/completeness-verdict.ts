import type { Completeness } from '@admit-one/audit-service/api-types';
import { counted } from '../ui/number-text.ts';

/** What is wrong with the log, as the ends of sentences; nothing where nothing is. */
export function wrongOf({ partitions, streams, conflicts, deadLetters }: Completeness): readonly string[] {
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  const missing = sum(partitions.map(({ missingCount }) => missingCount));
  const tails = partitions.filter(({ state }) => state === 'tail_unknown').length;
  const messages = sum(streams.map(({ missingCount, lostCount }) => missingCount + lostCount));
  return [
    missing > 0 && `${counted(missing, 'event')} missing`,
    tails > 0 && `${counted(tails, 'partition key')} with an unknown end`,
    messages > 0 && `${counted(messages, 'message')} of the stream missing or lost`,
    conflicts > 0 && `${counted(conflicts, 'event')} in conflict`,
    deadLetters > 0 && `${counted(deadLetters, 'dead letter')}`,
  ].filter((text) => text !== false);
}

/** Holes, each from its first to its last number: `3, 7–9`. */
export function holesText(missing: readonly (readonly [number, number])[], most = 5): string {
  const shown = missing
    .slice(0, most)
    .map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  return [...shown, ...(missing.length > most ? ['…'] : [])].join(', ');
}
