import type { StoryKind } from '@admit-one/audit-service/api-types';
import { urlOf } from '../app/router.tsx';
import { type Criterion, criteriaOf, parameterOf } from './criteria.ts';
import { defaultRange, type Span, type TimeRange } from './time-range.ts';

/** What the drawer shows: a story, or one event that belongs to none, by its id and time. */
export type Opened =
  | { readonly kind: StoryKind; readonly id: string }
  | { readonly kind: 'event'; readonly id: string; readonly time: string };

/** What the search page shows. All of it is in its URL. */
export interface SearchView {
  readonly criteria: readonly Criterion[];
  readonly range: TimeRange;
  /** A part of the range, chosen in the chart. */
  readonly brush: Span | null;
  readonly opened: Opened | null;
  /** Whether events of instances about themselves are shown. */
  readonly housekeeping: boolean;
}

const kinds: readonly string[] = ['ticket', 'session', 'user', 'connection'] satisfies StoryKind[];

export function viewOf(query: URLSearchParams): SearchView {
  const from = query.get('from');
  return {
    criteria: criteriaOf(query),
    range: { from: from === 'all' ? null : (from ?? defaultRange.from), to: query.get('to') },
    brush: brushOf(query.get('brush')),
    opened: openedOf(query.get('story')),
    housekeeping: query.get('housekeeping') === 'shown',
  };
}

function brushOf(text: string | null): Span | null {
  const [from, to] = (text ?? '').split('/').map((time) => Date.parse(time));
  return from !== undefined && to !== undefined && from < to ? { from, to } : null;
}

function openedOf(text: string | null): Opened | null {
  const [, kind = '', rest = ''] = /^(\w+):(.+)$/s.exec(text ?? '') ?? [];
  if (kinds.includes(kind)) return { kind: kind as StoryKind, id: rest };
  const [, id, time] = /^(.+)@([^@]+)$/s.exec(rest) ?? [];
  return kind === 'event' && id !== undefined && time !== undefined ? { kind, id, time } : null;
}

/** The URL of a view. What is as usual is left out. */
export function urlOfView({ criteria, range, brush, opened, housekeeping }: SearchView): string {
  const query = new URLSearchParams(criteria.map((one) => [parameterOf(one), one.value]));
  if (range.from !== defaultRange.from) query.set('from', range.from ?? 'all');
  if (range.to !== null) query.set('to', range.to);
  if (brush) query.set('brush', `${new Date(brush.from).toISOString()}/${new Date(brush.to).toISOString()}`);
  if (housekeeping) query.set('housekeeping', 'shown');
  if (opened) query.set('story', storyParameter(opened));
  return urlOf('/search', query);
}

function storyParameter(opened: Opened): string {
  return opened.kind === 'event' ? `event:${opened.id}@${opened.time}` : `${opened.kind}:${opened.id}`;
}
