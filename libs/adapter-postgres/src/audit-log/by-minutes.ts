import type { Place } from './cursor.ts';
import { minutesOf } from './minutes.ts';
import { allOf } from './parameters.ts';
import { behind, between, endOf, placeAt, type ReadersOrder, rangeFrom } from './readers-order.ts';
import { type Found, type Search, scanInOrder, searchRanges } from './scan.ts';
import { firstPart, guideOf } from './search-plan.ts';

export interface LookedUp {
  /** In order; one more than the limit at most. */
  readonly found: readonly Found[];
  /** The place behind all that was looked at; null: the search came to its end. */
  readonly lookedTo: Place | null;
}

/** Each round costs at least this share of the budget, since it reads the rollup, and isn't begun for less. */
const ROUND = 1 / 4;

/** How many minutes of a value the first round reads, which are enough for common ones; and the others. */
const FIRST_MINUTES = 100;
const MORE_MINUTES = 500;

/** Looks only into the minutes that may hold matches. */
export async function byMinutes(search: Search, order: ReadersOrder, from: Place): Promise<LookedUp> {
  const { sql, filter, limit, budget } = search;
  const guide = guideOf(filter);
  const leastOfRound = Math.ceil(budget * ROUND);
  const found: Found[] = [];
  let left = budget;
  for (let place = from; ; ) {
    const most = left === budget ? FIRST_MINUTES : MORE_MINUTES;
    const { minutes, lookedTo } = await minutesOf(sql, guide, rangeFrom(place, order, filter), order, most);
    const { ranges, events, taken } = firstPart(minutes, limit + 1 - found.length, left);
    const rest = { ...search, limit: limit - found.length, budget: left };
    const [only] = ranges;
    if (only && ranges.length === 1) {
      const scan = await scanInOrder(rest, allOf(between(only), behind(place, order)));
      found.push(...scan.found);
      if (scan.last) return { found, lookedTo: scan.last.place };
    } else if (only) found.push(...(await searchRanges(rest, ranges, behind(place, order))));

    const lastMinute = taken < minutes.length ? minutes[taken - 1] : undefined;
    const end = lastMinute ? endOf(lastMinute.start, order) : lookedTo;
    if (end === null) return { found, lookedTo: null };
    place = placeAt(end);
    left -= Math.max(events, leastOfRound);
    if (found.length > limit || left < leastOfRound) return { found, lookedTo: place };
  }
}
