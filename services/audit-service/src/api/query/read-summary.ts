import { type Dimension, dimensions, type EventType, parseInstant, type Reason } from '@admit-one/core';
import { readFact } from './fact-parameters.ts';
import { invalidQuery, type QueryParameters, severalValues, singleValue } from './parameters.ts';
import { readRange } from './read-time.ts';

/** What events are counted by, as well as by type and reason. Attributes are `attribute.<name>`. */
export const summaryDimensions = dimensions.filter((name) => name !== 'reason');

/** The events that a count is of, and when they were. */
export interface CountedEvents {
  readonly types: readonly EventType[] | undefined;
  readonly reasons: readonly Reason[] | undefined;
  /** RFC 3339. */
  readonly from: string;
  /** RFC 3339. */
  readonly to: string;
}

export interface SummaryQuery extends CountedEvents {
  /** In the order given. */
  readonly by: readonly string[];
  /** The one of them that is neither type nor reason. */
  readonly dimension: Dimension | undefined;
  readonly interval: string;
  readonly intervalSeconds: number;
}

const DEFAULT_RANGE = '-1h';
const MAX_INTERVALS = 1_500;
const SECONDS = { m: 60, h: 3_600, d: 86_400 } as const;

/** @throws {RejectionError} with what is wrong */
export function readSummary(parameters: QueryParameters, now: number): SummaryQuery {
  const by = readBy(parameters);
  const counted = readCounted(parameters, now);
  const interval = singleValue(parameters, 'interval') ?? '1m';
  const intervalSeconds = secondsOf(interval);
  const intervals = secondsBetween(counted) / intervalSeconds;
  if (intervals > MAX_INTERVALS)
    throw invalidQuery(
      `interval must be longer: ${interval} divides the range from ${counted.from} to ${counted.to} into more than ${MAX_INTERVALS} intervals.`,
    );
  return { ...counted, by, dimension: by.find(isDimension), interval, intervalSeconds };
}

/**
 * Which events are counted; those of the last hour by default.
 * @throws {RejectionError} with what is wrong
 */
export function readCounted(parameters: QueryParameters, now: number): CountedEvents {
  const withDefaults = new Map([['from', [DEFAULT_RANGE]], ['to', ['now']], ...parameters]);
  const { from = '', to = '' } = readRange(withDefaults, now);
  return {
    types: valuesOf(parameters, 'type') as readonly EventType[] | undefined,
    reasons: valuesOf(parameters, 'reason') as readonly Reason[] | undefined,
    from,
    to,
  };
}

export function secondsBetween({ from, to }: Pick<CountedEvents, 'from' | 'to'>): number {
  return (Number(parseInstant(to)) - Number(parseInstant(from))) / 1_000;
}

function valuesOf(parameters: QueryParameters, fact: 'type' | 'reason'): readonly string[] | undefined {
  const values = severalValues(parameters, fact).map((text) => readFact(fact, text));
  return values.length > 0 ? values : undefined;
}

function readBy(parameters: QueryParameters): readonly string[] {
  const given = severalValues(parameters, 'by').flatMap((text) => text.split(','));
  const by = given.length > 0 ? given : ['type', 'reason'];
  for (const name of by)
    if (name !== 'type' && name !== 'reason' && !isDimension(name))
      throw invalidQuery(
        `by must be a list of type, reason, ${summaryDimensions.join(', ')} and attribute.<name>, such as by=reason,route.`,
      );
  if (new Set(by).size < by.length) throw invalidQuery('by must name each dimension once.');
  if (by.filter(isDimension).length > 1)
    throw invalidQuery('by must have at most one dimension with type and reason, such as by=reason,route.');
  return by;
}

function isDimension(name: string): name is Dimension {
  return (summaryDimensions as readonly string[]).includes(name) || /^attribute\../.test(name);
}

function secondsOf(interval: string): number {
  const [, amount, unit] = /^(\d{1,4})([mhd])$/.exec(interval) ?? [];
  const seconds = unit === undefined ? 0 : Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds === 0)
    throw invalidQuery('interval must be whole minutes, hours or days, such as 1m, 15m, 1h or 1d.');
  return seconds;
}
