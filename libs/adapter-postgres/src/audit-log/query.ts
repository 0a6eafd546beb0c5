import {
  type AuditFilter,
  type AuditPage,
  type AuditSearchPage,
  BEHIND_ALL_INDEX,
  comparePositions,
  positionText,
  type StreamPosition,
} from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { indexedPartOf, instant, rangeConditions } from './conditions.ts';
import { badCursor, cursorOf, END, type Place, placeOf, positionOf, START } from './cursor.ts';
import { endOf, minutesOf, type ReadersOrder } from './minutes.ts';
import type { ConditionOf, Parameters } from './parameters.ts';
import { exceedsBudget, type Found, type OrderedScan, type Search, scanInOrder, searchPart } from './scan.ts';
import { firstPart, guideOf, MINUTE_MS, type TimeRange } from './search-plan.ts';
import { horizonOf } from './streams.ts';

/**
 * How many events a search looks at for one page: some 10 ms, also where an index finds them all over the disk. A full page
 * usually needs a small part of it.
 */
const SCAN_BUDGET = 5_000;

/** A page, from an index where a fact has one, else from the minutes that the rollup leaves. */
export async function query(
  sql: Sql,
  filter: AuditFilter,
  { limit, order, cursor }: AuditPage,
  budget = SCAN_BUDGET,
): Promise<AuditSearchPage> {
  const search = { sql, filter, limit, order, budget };
  return order === 'position'
    ? followPage(search, cursor === undefined ? BEFORE_ALL : positionOf(cursor))
    : searched(search, order, cursor === undefined ? directions[order].start : placeOf(cursor));
}

/** In the readers' order. */
async function searched(search: Search, order: ReadersOrder, from: Place): Promise<AuditSearchPage> {
  const { found, lookedTo } = await lookedUp(search, order, from);
  const isFull = found.length > search.limit;
  const page = found.slice(0, search.limit);
  const next = (isFull ? null : lookedTo) ?? page.at(-1)?.place ?? from;
  const end = !isFull && lookedTo === null;
  return {
    events: page.map(({ event }) => event),
    next: cursorOf(next),
    scannedTo: end ? endOfRange(search.filter, order) : new Date(next.time).toISOString(),
    end,
  };
}

function endOfRange({ from, to }: AuditFilter, order: ReadersOrder): string {
  const given = order === 'asc' ? to : from;
  return new Date(
    given === undefined ? (order === 'asc' ? Date.now() : START.time) : Date.parse(given),
  ).toISOString();
}

interface LookedUp {
  /** In order; one more than the limit at most. */
  readonly found: readonly Found[];
  /** The place behind all that was looked at; null: the search came to its end. */
  readonly lookedTo: Place | null;
}

async function lookedUp(search: Search, order: ReadersOrder, from: Place): Promise<LookedUp> {
  const indexed = indexedPartOf(search.filter);
  if (!indexed) return byMinutes(search, order, from);
  const part = allOf(indexed.condition, behind(from, order), inRange(search.filter));
  if (indexed.isOrdered) {
    const { found, last } = await scanInOrder(search, part);
    return { found, lookedTo: last?.place ?? null };
  }
  if (await exceedsBudget(search, part)) return byMinutes(search, order, from);
  return { found: await searchPart(search, part), lookedTo: null };
}

/** Each round costs at least this share of the budget, since it reads the rollup. */
const ROUND = 1 / 4;

/** Looks only into the minutes that may hold matches. */
async function byMinutes(search: Search, order: ReadersOrder, from: Place): Promise<LookedUp> {
  const { sql, filter, limit, budget } = search;
  const guide = guideOf(filter);
  const found: Found[] = [];
  let left = budget;
  for (let place = from; ; ) {
    const { minutes, lookedTo } = await minutesOf(sql, guide, rangeFrom(place, order, filter), order);
    const { ranges, events, matches, taken } = firstPart(minutes, limit + 1 - found.length, left);
    const part = allOf(inOneOf(ranges), behind(place, order), inRange(filter));
    const rest = { ...search, limit: limit - found.length, budget: left };
    if (ranges.length === 1 && (events > left || matches > rest.limit)) {
      const scan = await scanInOrder(rest, part);
      found.push(...scan.found);
      if (scan.last) return { found, lookedTo: scan.last.place };
    } else if (ranges.length > 0) found.push(...(await searchPart(rest, part)));

    const lastMinute = taken < minutes.length ? minutes[taken - 1] : undefined;
    const end = lastMinute ? endOf(lastMinute.start, order) : lookedTo;
    if (end === null) return { found, lookedTo: null };
    place = placeAt(end);
    left -= Math.max(events, Math.ceil(budget * ROUND));
    if (found.length > limit || left <= 0) return { found, lookedTo: place };
  }
}

/** The minutes from a place on. */
function rangeFrom(place: Place, order: ReadersOrder, { from, to }: AuditFilter): TimeRange {
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
function placeAt(time: number): Place {
  return time > END.time ? END : { ...START, time };
}

const directions = {
  asc: { start: START, time: '>=', place: '>' },
  desc: { start: END, time: '<=', place: '<' },
} as const;

/** The time alone is what partitions are left out by. */
function behind(place: Place, order: ReadersOrder): ConditionOf {
  const direction = directions[order];
  if (place === direction.start) return everything;
  return (parameters) => {
    const time = instant(place.time, parameters);
    const key = [parameters.add(place.partitionkey, 'text'), parameters.add(place.sequence, 'bigint')];
    return `time ${direction.time} ${time} AND (time, partition_key, sequence) ${direction.place} (${[time, ...key].join(', ')})`;
  };
}

function inRange(filter: AuditFilter): ConditionOf {
  return (parameters) => rangeConditions(filter, parameters).join(' AND ') || 'true';
}

function inOneOf(ranges: readonly TimeRange[]): ConditionOf {
  return (parameters) => {
    const conditions = ranges.map(
      ({ from, to }) => `(time >= ${instant(from, parameters)} AND time < ${instant(to, parameters)})`,
    );
    return `(${conditions.join(' OR ')})`;
  };
}

function allOf(...conditions: readonly ConditionOf[]): ConditionOf {
  return (parameters) => conditions.map((condition) => condition(parameters)).join(' AND ');
}

function everything(): string {
  return 'true';
}

const BEFORE_ALL: StreamPosition = { generation: 0, sequence: 0, index: 0 };

/**
 * In the order of the stream, up to the horizon.
 * @throws {AuditLogError} `bad_cursor`, where the log has not come to the position: nothing would follow it for long
 */
async function followPage(search: Search, since: StreamPosition): Promise<AuditSearchPage> {
  const { last: newest, ...horizon } = await horizonOf(search.sql);
  // A search by time gives positions beyond the horizon too, up to the last message that was received.
  const received = { generation: horizon.generation, sequence: newest, index: BEHIND_ALL_INDEX };
  if (comparePositions(since, received) > 0) throw badCursor();
  const { found, last } = await foundBetween(search, since, { ...horizon, index: BEHIND_ALL_INDEX });
  const isFull = found.length > search.limit;
  const page = found.slice(0, search.limit);
  const scanned = (isFull ? null : last) ?? page.at(-1);
  return {
    events: page.map(({ event }) => event),
    next: positionText(scanned?.position ?? since),
    scannedTo: new Date(isFull || last ? (scanned?.place.time ?? 0) : Date.now()).toISOString(),
    end: !isFull && last === null,
  };
}

/**
 * The position is compared behind an index of a fact, and generation by generation: of a comparison of rows, the planner only
 * weighs the first column, and would take what is left of a stream for few events.
 */
async function foundBetween(
  search: Search,
  since: StreamPosition,
  horizon: StreamPosition,
): Promise<OrderedScan> {
  const indexed = indexedPartOf(search.filter);
  if (indexed && !(await exceedsBudget(search, indexed.condition))) {
    const between: ConditionOf = (parameters) =>
      `${POSITION} > ${row(since, parameters)} AND ${POSITION} <= ${row(horizon, parameters)}`;
    return { found: await searchPart(search, indexed.condition, between), last: null };
  }
  const found: Found[] = [];
  for (let generation = since.generation; generation <= horizon.generation; generation += 1) {
    const { sequence, index } = generation === since.generation ? since : BEFORE_ALL;
    const part: ConditionOf = (parameters) => {
      const first = parameters.add(sequence, 'bigint');
      return [
        `generation = ${parameters.add(generation, 'integer')} AND stream_sequence >= ${first}`,
        `(stream_sequence, batch_index) > (${first}, ${parameters.add(index, 'integer')})`,
        ...(generation === horizon.generation
          ? [`stream_sequence <= ${parameters.add(horizon.sequence, 'bigint')}`]
          : []),
      ].join(' AND ');
    };
    const scan = await scanInOrder({ ...search, limit: search.limit - found.length }, part);
    found.push(...scan.found);
    if (scan.last || found.length > search.limit) return { found, last: scan.last };
  }
  return { found, last: null };
}

const POSITION = '(generation, stream_sequence, batch_index)';

function row({ generation, sequence, index }: StreamPosition, parameters: Parameters): string {
  return `(${parameters.add(generation, 'integer')}, ${parameters.add(sequence, 'bigint')}, ${parameters.add(index, 'integer')})`;
}
