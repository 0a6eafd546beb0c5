import type { AuditFilter } from '@admit-one/core';
import { instant } from './conditions.ts';
import { END, type Place, START } from './cursor.ts';
import type { ConditionOf } from './parameters.ts';
import { MINUTE_MS, type TimeRange } from './search-plan.ts';

export type ReadersOrder = 'asc' | 'desc';

const directions = {
  asc: { start: START, time: '>=', place: '>' },
  desc: { start: END, time: '<=', place: '<' },
} as const;

/** Where a search begins that has no cursor. */
export function startOf(order: ReadersOrder): Place {
  return directions[order].start;
}

/** The time alone is what partitions are left out by. */
export function behind(place: Place, order: ReadersOrder): ConditionOf {
  const direction = directions[order];
  if (place === direction.start) return () => 'true';
  return (parameters) => {
    const time = instant(place.time, parameters);
    const key = [parameters.add(place.partitionkey, 'text'), parameters.add(place.sequence, 'bigint')];
    return `time ${direction.time} ${time} AND (time, partition_key, sequence) ${direction.place} (${[time, ...key].join(', ')})`;
  };
}

/** What is left of a filter's range from a place on; from the beginning of a minute. */
export function rangeFrom(place: Place, order: ReadersOrder, { from, to }: AuditFilter): TimeRange {
  const range = {
    from: from === undefined ? START.time : Date.parse(from),
    to: to === undefined ? END.time : Date.parse(to),
  };
  const isBetween = place.partitionkey === '';
  const rest =
    order === 'asc'
      ? { from: Math.max(range.from, place.time), to: range.to }
      : { from: range.from, to: Math.min(range.to, isBetween ? place.time : place.time + 1) };
  return { from: Math.floor(rest.from / MINUTE_MS) * MINUTE_MS, to: rest.to };
}

/** Between the events before a time and those from it on. */
export function placeAt(time: number): Place {
  return time > END.time ? END : { ...START, time };
}

/** Where a minute ends in an order. */
export function endOf(start: number, order: ReadersOrder): number {
  return order === 'asc' ? start + MINUTE_MS : start;
}

export function between({ from, to }: TimeRange): ConditionOf {
  return (parameters) => `time >= ${instant(from, parameters)} AND time < ${instant(to, parameters)}`;
}

const DAY_MS = 86_400_000;

/** The days of a range: what lies in other partitions is left out, and no index of the time is read for it. */
export function daysOf({ from, to }: TimeRange): ConditionOf {
  return between({ from: Math.floor(from / DAY_MS) * DAY_MS, to: Math.ceil(to / DAY_MS) * DAY_MS });
}
