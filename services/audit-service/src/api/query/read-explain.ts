import { isInstant } from '@admit-one/core';
import { invalidQuery, type QueryParameters } from './parameters.ts';
import { type CountedEvents, readCounted, secondsBetween } from './read-summary.ts';

export interface ExplainQuery extends CountedEvents {
  /** The hour before, RFC 3339. */
  readonly baselineFrom: string;
}

const MAX_DAYS = 7;
const MAX_COHORT_DAYS = 1;
const BASELINE_MS = 3_600_000;

/** @throws {RejectionError} with what is wrong */
export function readExplain(parameters: QueryParameters, now: number): ExplainQuery {
  const counted = readCounted(parameters, now);
  requireAtMost(MAX_DAYS, counted);
  const before = Date.parse(counted.from) - BASELINE_MS;
  return { ...counted, baselineFrom: isInstant(before) ? new Date(before).toISOString() : counted.from };
}

/** @throws {RejectionError} with what is wrong */
export function readCohorts(parameters: QueryParameters, now: number): Pick<CountedEvents, 'from' | 'to'> {
  const { from, to } = readCounted(parameters, now);
  requireAtMost(MAX_COHORT_DAYS, { from, to });
  return { from, to };
}

function requireAtMost(days: number, range: Pick<CountedEvents, 'from' | 'to'>): void {
  if (secondsBetween(range) > days * 86_400)
    throw invalidQuery(
      `The range from ${range.from} to ${range.to} must be at most ${days} ${days === 1 ? 'day' : 'days'}.`,
    );
}
