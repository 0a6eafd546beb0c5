import type { AuditFilter } from '@admit-one/core';
import { columnDimensions } from './rollup.ts';
import { indexable } from './values.ts';

/** What the rollup knows of a filter: minutes without these values hold no match. */
export interface Guide {
  readonly conditions: readonly GuidingCondition[];
  /** Counts of other dimensions are told apart by these. */
  readonly types: readonly string[] | null;
  readonly reasons: readonly string[] | null;
  /** Whether the conditions are the whole filter, so that counts are of matches. */
  readonly isWhole: boolean;
}

/** One of the values of a dimension. */
export interface GuidingCondition {
  readonly dimension: string;
  readonly values: readonly string[];
}

/** Negations and facts that are not counted don't guide. */
export function guideOf(filter: AuditFilter): Guide {
  const facts = Object.entries(filter.facts ?? {}).filter(([, condition]) => condition !== undefined);
  const attributes = Object.entries(filter.attributes ?? {}).map(
    ([name, condition]) => [`attribute.${indexable(name)}`, condition] as const,
  );
  const conditions = [...facts.filter(([fact]) => isGuiding(fact)), ...attributes].flatMap(
    ([dimension, condition]) =>
      condition?.include ? [{ dimension, values: [...new Set(condition.include.map(indexable))] }] : [],
  );
  const valuesOf = (name: string) => conditions.find(({ dimension }) => dimension === name)?.values ?? null;
  const isNegated = [...facts, ...attributes].some(([, condition]) => condition?.exclude?.length);
  return {
    conditions,
    types: valuesOf('type'),
    reasons: valuesOf('reason'),
    isWhole: !isNegated && !filter.anyOf && facts.every(([fact]) => isGuiding(fact)),
  };
}

function isGuiding(fact: string): boolean {
  return fact !== 'prefix' && (columnDimensions as readonly string[]).includes(fact);
}

/** A minute that may hold matches. */
export interface Minute {
  /** When it begins, Unix milliseconds. */
  readonly start: number;
  /** All events in it. */
  readonly events: number;
  /** How many of them match, at most; 0 where that isn't known. */
  readonly matches: number;
}

/** Unix milliseconds; `to` is exclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface Part {
  /** In the order of the minutes. */
  readonly ranges: readonly TimeRange[];
  readonly events: number;
  /** How many of the minutes it takes. */
  readonly taken: number;
}

export const MINUTE_MS = 60_000;

/**
 * The first minutes that together hold as many matches as needed, or as many events as the budget allows; at least one minute.
 * @param minutes in the order of the search
 */
export function firstPart(minutes: readonly Minute[], needed: number, budget: number): Part {
  const ranges: TimeRange[] = [];
  let [events, matches, taken] = [0, 0, 0];
  for (const minute of minutes) {
    if (taken > 0 && (matches >= needed || events + minute.events > budget)) break;
    taken += 1;
    events += minute.events;
    matches += minute.matches;
    const range = { from: minute.start, to: minute.start + MINUTE_MS };
    const last = ranges.at(-1);
    if (last?.to === range.from) ranges[ranges.length - 1] = { from: last.from, to: range.to };
    else if (last?.from === range.to) ranges[ranges.length - 1] = { from: range.from, to: last.to };
    else ranges.push(range);
  }
  return { ranges, events, taken };
}
