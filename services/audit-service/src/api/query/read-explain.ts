import { isInstant } from '@admit-one/core';
import { invalidQuery, type QueryParameters } from './parameters.ts';
import { type CountedEvents, readCounted, secondsBetween } from './read-summary.ts';

export interface ExplainQuery extends CountedEvents {
  /** The hour before, RFC 3339. */
  readonly baselineFrom: string;
}

const MAX_DAYS = 7;
const BASELINE_MS = 3_600_000;

/** @throws {RejectionError} with what is wrong */
export function readExplain(parameters: QueryParameters, now: number): ExplainQuery {
  const counted = readCounted(parameters, now);
  if (secondsBetween(counted) > MAX_DAYS * 86_400)
    throw invalidQuery(`The range from ${counted.from} to ${counted.to} must be at most ${MAX_DAYS} days.`);
  const before = Date.parse(counted.from) - BASELINE_MS;
  return { ...counted, baselineFrom: isInstant(before) ? new Date(before).toISOString() : counted.from };
}
