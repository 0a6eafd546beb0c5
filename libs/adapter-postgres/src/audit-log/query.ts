import type { AuditFilter, AuditPage, AuditSearchPage } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { byMinutes, type LookedUp } from './by-minutes.ts';
import { rangeConditions } from './conditions.ts';
import { cursorOf, type Place, placeOf, START } from './cursor.ts';
import { followPage } from './follow.ts';
import { exceedsBudget, indexBudget, indexedPartOf } from './indexed-part.ts';
import { allOf, type ConditionOf } from './parameters.ts';
import { behind, daysOf, type ReadersOrder, rangeFrom, startOf } from './readers-order.ts';
import { type Search, scanInOrder, searchPart } from './scan.ts';

/**
 * How many events a search looks at for one page: some 10 ms; fewer where an index finds them all over the disk. A full page
 * usually needs a small part of it.
 */
const SCAN_BUDGET = 5_000;

/** A page, from an index where a fact has one, else from the minutes that the rollup leaves. */
export async function query(
  sql: Sql,
  filter: AuditFilter,
  { limit, order, cursor, salts }: AuditPage,
  budget = SCAN_BUDGET,
): Promise<AuditSearchPage> {
  const search = { sql, filter, limit, order, budget };
  return order === 'position'
    ? followPage(search, { cursor, salts })
    : searched(search, order, cursor === undefined ? startOf(order) : placeOf(cursor));
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

async function lookedUp(search: Search, order: ReadersOrder, from: Place): Promise<LookedUp> {
  const indexed = indexedPartOf(search.filter);
  if (!indexed) return byMinutes(search, order, from);
  if (indexed.isOrdered) {
    const part = allOf(indexed.condition, behind(from, order), inRange(search.filter));
    const { found, last } = await scanInOrder({ ...search, budget: indexBudget(search) }, part);
    return { found, lookedTo: last?.place ?? null };
  }
  const days = daysOf(rangeFrom(from, order, search.filter));
  if (await exceedsBudget(search, indexed, days)) return byMinutes(search, order, from);
  const found = await searchPart(search, allOf(indexed.condition, days), behind(from, order));
  return { found, lookedTo: null };
}

function inRange(filter: AuditFilter): ConditionOf {
  return (parameters) => rangeConditions(filter, parameters).join(' AND ') || 'true';
}
