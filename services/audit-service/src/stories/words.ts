import { escapeInvisible } from '@admit-one/text';

/** The longest value in a sentence. */
const MAX_SHOWN = 80;
const PLAIN = /^[\w.:/*@+-]+$/;

/**
 * A value from an event as a sentence may show it: on one line, short, and in quotes unless it is one plain word. What cannot be
 * seen was escaped before the event was made: a backslash stays as it is.
 */
export function shown(value: string): string {
  const short = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
  return PLAIN.test(value) ? short : `"${escapeInvisible(short).replaceAll('"', '\\"')}"`;
}

/** `once`, `twice`, `3 times`. */
export function times(count: number): string {
  if (count === 1) return 'once';
  return count === 2 ? 'twice' : `${count} times`;
}

/** A duration for people, rounded: `38 ms`, `1 s`, `90 s`, `2 min`, `3 days`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}

/** Groups items, in the order in which the keys first appear. */
export function grouped<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** Clauses as one sentence. */
export function sentence(clauses: readonly string[]): string {
  const text = clauses.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Clauses whose first one begins with something more; none stay none. */
export function prefixed(prefix: string, clauses: readonly string[]): readonly string[] {
  return clauses.map((clause, n) => (n === 0 ? prefix + clause : clause));
}
