import type { StoredEvent } from '@admit-one/core';

/** Newest first, as `order=desc` of the audit API. */
function isBefore(one: StoredEvent, other: StoredEvent): boolean {
  if (one.time !== other.time) return one.time > other.time;
  if (one.partitionkey !== other.partitionkey) return one.partitionkey > other.partitionkey;
  return one.sequence > other.sequence;
}

/** Adds events to those that are listed, each once. What is not new leaves the list as it is. */
export function withEvents(
  listed: readonly StoredEvent[],
  added: readonly StoredEvent[],
): readonly StoredEvent[] {
  const known = new Set(listed.map(({ id }) => id));
  const fresh = added.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return listed;
  return [...listed, ...new Map(fresh.map((event) => [event.id, event])).values()].sort((one, other) =>
    isBefore(one, other) ? -1 : 1,
  );
}
