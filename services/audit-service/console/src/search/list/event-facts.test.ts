import { eventCatalogue, factsOf as factsOfCore, type ReceivedEvent } from '@admit-one/core';
import { expect, test } from 'vitest';
import { factsOf } from './event-facts.ts';

test.each(Object.entries(eventCatalogue))('the facts of %s are those of the core', (type, { example }) => {
  for (const data of [example, {}, { count: 7 }]) {
    const event = { type, subject: 'the-subject', data } as unknown as ReceivedEvent;
    expect(factsOfCore(event)).toMatchObject(factsOf(event));
  }
});
