import type { Zone } from '../../ui/time-text.ts';
import { withCriteria } from '../criteria.ts';
import { parseTime, type TimeRange } from '../time-range.ts';
import type { SearchView } from '../view.ts';
import type { Understood } from './understand.ts';

/** What a text that was typed changes in a view. */
export function changeOfText(
  { criteria: added, from, to }: Understood,
  { criteria, range }: SearchView,
  zone: Zone,
): Partial<SearchView> {
  const now = Date.now();
  const next: TimeRange = {
    from: from === undefined ? range.from : (parseTime(from, zone, now) ?? range.from),
    to: to === undefined ? range.to : parseTime(to, zone, now),
  };
  // A ticket has one story, and it is what is asked for.
  const [only] = added;
  const story = added.length === 1 && only?.name === 'ticket' && !only.negated;
  return {
    criteria: withCriteria(criteria, added),
    range: next,
    ...(next.from === range.from && next.to === range.to ? {} : { brush: null }),
    ...(story ? { opened: { kind: 'ticket', id: only.value } } : {}),
  };
}
