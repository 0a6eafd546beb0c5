import {
  type EncodedEvent,
  type EventPlace,
  encodeAt,
  readEncoded,
  type UnnumberedEvent,
} from '@admit-one/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOwnEvents } from './own-events.ts';

const PARTITION = 3;
const KEY = 'p03.epoch';

function events(count: number, text = ''): readonly UnnumberedEvent[] {
  return Array.from({ length: count }, (_, n) => ({
    type: 'admit.ticket.issued',
    json: `"type":"admit.ticket.issued","subject":"${text}${n}"}`,
  }));
}

const placeOf = (sequence: number, partitionkey = KEY): EventPlace => ({
  partitionkey,
  sequence: String(sequence).padStart(16, '0'),
});

describe('the head of an outbox is known', () => {
  /** Up to 5 is removed, and 6 to 8 are this process's. */
  function known() {
    const own = createOwnEvents();
    own.removed(PARTITION, placeOf(5));
    own.add(PARTITION, KEY, 7, events(2, 'a'));
    own.add(PARTITION, KEY, 8, events(1, 'b'));
    return own;
  }
  const headOf = (own: ReturnType<typeof createOwnEvents>) =>
    own.head(PARTITION, 10)?.map(({ sequence }) => Number(sequence));

  it('behind the last removal, as the bytes that Redis has', () => {
    const head = known().head(PARTITION, 2) ?? [];
    expect(head).toEqual(events(2, 'a').map((event, n) => encodeAt(event, KEY, 6 + n)));
    expect(head.map(({ json }) => readEncoded(json))).toEqual(head);
  });

  it.each<[string, (own: ReturnType<typeof createOwnEvents>) => void, readonly number[] | undefined]>([
    ['and goes on where a part of it is removed', (own) => own.removed(PARTITION, placeOf(6)), [7, 8]],
    [
      'not when all of it is removed: others may have appended',
      (own) => own.removed(PARTITION, placeOf(8)),
      undefined,
    ],
    ['not behind a hole', (own) => own.add(PARTITION, KEY, 10, events(1)), undefined],
    ['not in another epoch', (own) => own.add(PARTITION, 'p03.next', 9, events(1)), undefined],
    [
      'not after a removal in another epoch',
      (own) => own.removed(PARTITION, placeOf(5, 'p03.former')),
      undefined,
    ],
    ['not behind what others left', (own) => own.removed(PARTITION, placeOf(4)), undefined],
    ['not after an error', (own) => own.forget(PARTITION), undefined],
    ['whatever happens in another partition', (own) => own.forget(4), [6, 7, 8]],
    [
      'not where it is above a megabyte',
      (own) => own.add(PARTITION, KEY, 9, events(1, 'x'.repeat(1_000_000))),
      undefined,
    ],
  ])('%s', (_, change, expected) => {
    const own = known();
    change(own);
    expect(headOf(own)).toEqual(expected);
  });

  it('not before the first removal', () => {
    const own = createOwnEvents();
    own.add(PARTITION, KEY, 1, events(1));
    expect(headOf(own)).toBeUndefined();
  });
});

/** What may happen to one partition, between two relays and the store. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('append'),
      count: fc.integer({ min: 1, max: 3 }),
      by: fc.constantFrom('me', 'other', 'me, reply lost'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('publish', 'remove', 'unanswered remove', 'move by other'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('loss'),
      of: fc.nat(20),
      begunBy: fc.constantFrom('me', 'other'),
    }),
  },
);

it('never gives what is not an event, and removes nothing unpublished, whatever happens meanwhile', () => {
  let heads = 0;
  const property = fc.property(fc.array(step, { minLength: 5, maxLength: 80 }), (steps) => {
    const own = createOwnEvents();
    const written = new Map<string, string>();
    const published = new Set<string>();
    const history: (readonly EncodedEvent[])[] = [];
    let list: readonly EncodedEvent[] = [];
    let [key, sequence, epochs] = [KEY, 0, 0];
    let inHand: readonly EncodedEvent[] = [];
    const idOf = ({ partitionkey, sequence: number }: EventPlace) => `${partitionkey}.${number}`;

    function append(count: number, by: string): void {
      const added = events(count, `${written.size}-`);
      for (const event of added) {
        sequence += 1;
        const encoded = encodeAt(event, key, sequence);
        written.set(idOf(encoded), Buffer.from(encoded.json).toString());
        list = [...list, encoded];
      }
      if (by === 'me') own.add(PARTITION, key, sequence, added);
    }

    function head(): readonly EncodedEvent[] {
      const known = own.head(PARTITION, 4);
      if (known) heads += 1;
      return known ?? list.slice(0, 4);
    }

    function publish(some: readonly EncodedEvent[]): void {
      for (const event of some) {
        expect(written.get(idOf(event))).toBe(Buffer.from(event.json).toString());
        published.add(idOf(event));
      }
    }

    /** As the script does: whether the event was there. */
    function trim(through: EventPlace): boolean {
      const at = list.findIndex((event) => idOf(event) === idOf(through));
      for (const event of list.slice(0, at + 1)) expect(published).toContain(idOf(event));
      list = list.slice(at + 1);
      return at >= 0;
    }

    function remove(): void {
      const last = inHand.at(-1);
      inHand = [];
      if (!last) return;
      if (trim(last)) own.removed(PARTITION, last);
      else own.forget(PARTITION);
    }

    function carryOut(now: (typeof steps)[number]): void {
      if ('count' in now) append(now.count, now.by);
      else if ('of' in now) {
        list = history[now.of % Math.max(1, history.length)] ?? [];
        epochs += 1;
        [key, sequence] = [`${KEY}${epochs}`, 0];
        append(1, now.begunBy);
      } else if (now.kind === 'publish') {
        inHand = head();
        publish(inHand);
      } else if (now.kind === 'remove') remove();
      else if (now.kind === 'unanswered remove') {
        const last = inHand.at(-1);
        if (last) trim(last);
        inHand = [];
        own.forget(PARTITION);
      } else {
        const theirs = list.slice(0, 5);
        publish(theirs);
        const last = theirs.at(-1);
        if (last) trim(last);
      }
      history.push(list);
    }

    for (const now of steps) carryOut(now);
    for (let rounds = 0; list.length > 0 && rounds < 200; rounds += 1) {
      inHand = head();
      publish(inHand);
      remove();
    }
    expect(list).toEqual([]);
  });
  fc.assert(property, { numRuns: 1_000 });
  expect(heads).toBeGreaterThan(100);
});
