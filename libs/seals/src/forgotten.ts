import { hasForgotten, type StoredEvent } from '@admit-one/core';

/** Collects which events have forgotten values, and which events say so. */
export interface ForgottenEvents {
  /** An event that was compared with a seal. */
  add(event: StoredEvent): void;
  /** Another one: it may tell of a forgetting. */
  note(event: StoredEvent): void;
  /** How many of the compared ones have forgotten values. */
  readonly count: number;
  /** About values that are missing although no event tells that they were forgotten: someone removed them from the tables. */
  problems(): readonly string[];
}

export function trackForgotten(): ForgottenEvents {
  const unexplained = new Map<string, string>();
  let count = 0;
  function note({ type, data }: StoredEvent): void {
    if (type !== 'admit.audit.forgotten' || !Array.isArray(data.events)) return;
    for (const id of data.events) unexplained.delete(String(id));
  }
  return {
    add(event) {
      if (event.salt === undefined && hasForgotten(event)) {
        count += 1;
        unexplained.set(event.id, event.position);
      }
      note(event);
    },
    note,
    get count() {
      return count;
    },
    problems: () =>
      [...unexplained.values()].map(
        (position) =>
          `the event at ${position} has forgotten values, and no admit.audit.forgotten tells of it behind that`,
      ),
  };
}
