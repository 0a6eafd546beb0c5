import type { StoredEvent } from '@admit-one/core';
import type { Criterion } from '../criteria.ts';
import { factsOf } from '../list/event-facts.ts';
import type { Opened } from '../view.ts';

const kinds = ['ticket', 'connection', 'session', 'user'] as const;

/** The stories of what a search names. What its text is, is known by the events that were found. */
export function storiesOf(criteria: readonly Criterion[], events: readonly StoredEvent[]): readonly Opened[] {
  const named = criteria.filter(({ negated }) => !negated);
  const stories = named.flatMap(({ name, value }) => {
    if (name === 'q') return storyOfText(value, events);
    const kind = kinds.find((known) => known === name);
    return kind === undefined ? [] : [{ kind, id: value }];
  });
  return stories.slice(0, 3);
}

function storyOfText(text: string, events: readonly StoredEvent[]): readonly Opened[] {
  for (const kind of kinds) {
    for (const event of events) {
      const id = factsOf(event)[kind];
      if (id !== null && (id === text || (kind === 'ticket' && text.length >= 8 && id.startsWith(text))))
        return [{ kind, id }];
    }
  }
  return [];
}
