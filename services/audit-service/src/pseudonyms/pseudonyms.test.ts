import { filterMatcher, type NewEvent, numbered, type ReceivedEvent } from '@admit-one/core';
import { expect, test } from 'vitest';
import { parametersOf } from '../api/query/parameters.ts';
import { readFilter } from '../api/query/read-filter.ts';
import { createPseudonyms, UnsearchablePrefix } from './pseudonyms.ts';

const key = 'k'.repeat(32);
const pseudonyms = createPseudonyms({ facts: ['address', 'agent', 'user'], key });

function eventFrom(address: string): ReceivedEvent {
  return numbered(
    {
      type: 'admit.ticket.rejected',
      source: 'edge-1',
      subject: 'ticket-1',
      time: 0,
      traceparent: null,
      data: {
        reason: 'ticket_replayed',
        principal: { user: 'ann', session: 's1', attributes: { user: 'kept', plan: 'pro' } },
        context: { address, agent: 'curl', origin: 'https://a.example', edge: 'edge-1' },
        presenters: [{ address, agent: null }],
      },
    } as unknown as NewEvent,
    'p00.epoch',
    1,
  );
}

const event = eventFrom('203.0.113.7');
const stored = pseudonyms.ofEvent(event);

test('values are replaced wherever they are; nothing else is', () => {
  const text = JSON.stringify(stored);
  for (const value of ['203.0.113', 'ann', 'curl']) expect(text).not.toContain(value);
  expect(stored).toEqual({
    ...event,
    data: {
      reason: 'ticket_replayed',
      principal: {
        user: expect.stringMatching(/^pseudonym:[\w-]{22}$/),
        session: 's1',
        attributes: { user: 'kept', plan: 'pro' },
      },
      context: {
        address: expect.stringMatching(/^fd[0-9a-f:]+$/),
        agent: expect.stringMatching(/^pseudonym:[\w-]{22}$/),
        origin: 'https://a.example',
        edge: 'edge-1',
      },
      presenters: [{ address: expect.stringMatching(/^fd[0-9a-f:]+$/), agent: null }],
    },
  });
});

test('the same event has the same pseudonyms, with another key others', () => {
  expect(pseudonyms.ofEvent(event)).toEqual(stored);
  const other = createPseudonyms({ facts: ['user'], key: 'x'.repeat(32) }).ofEvent(event);
  expect(other.data).not.toMatchObject({ principal: stored.data.principal });
  expect(other.data).toMatchObject({ context: { address: '203.0.113.7' } });
});

test.each<[object, boolean]>([
  [{ user: 'ann' }, true],
  [{ user: 'bob' }, false],
  [{ 'user!': 'ann' }, false],
  [{ agent: 'curl' }, true],
  [{ agent: 'ann' }, false],
  [{ q: 'ann' }, true],
  [{ q: '203.0.113.7' }, true],
  [{ address: '203.0.113.7' }, true],
  [{ address: '::ffff:203.0.113.7' }, true],
  [{ address: '203.0.113.8' }, false],
  [{ address: '203.0.113.0/24' }, true],
  [{ address: '203.0.114.0/24' }, false],
  [{ 'address!': '203.0.113.0/24' }, false],
  [{ session: 's1', reason: 'ticket_replayed' }, true],
  [{ user: (stored.data.principal as { user: string }).user }, true],
  [{ address: (stored.data.context as { address: string }).address }, true],
])('a search by value finds it: %j', (query, isFound) => {
  const filter = pseudonyms.ofFilter(readFilter(parametersOf(query), 0));
  expect(filterMatcher(filter)(stored)).toBe(isFound);
});

test.each([
  ['203.0.113.7', '203.0.113.200', true],
  ['203.0.113.7', '203.0.114.7', false],
  ['2001:db8:0:1::7', '2001:db8:0:1:ffff::1', true],
  ['2001:db8:0:1::7', '2001:db8:0:2::7', false],
])('%s and %s have one prefix: %s', (one, other, isSame) => {
  const [first, second] = [one, other].map((address) => {
    const { context } = pseudonyms.ofEvent(eventFrom(address)).data;
    return (context as { address: string }).address;
  });
  expect(first).not.toBe(second);
  const isOfPrefix = filterMatcher({ facts: { address: { include: [`${first}/64`] } } });
  expect(isOfPrefix(eventFrom(second ?? ''))).toBe(isSame);
});

test.each([
  ['unknown', expect.stringMatching(/^pseudonym:/)],
  ['', ''],
])('an address that is none, %j, is a text', (address, pseudonym) => {
  expect(pseudonyms.ofEvent(eventFrom(address)).data.context).toMatchObject({ address: pseudonym });
});

test.each(['203.0.0.0/16', '203.0.113.7/32', '2001:db8::/48'])(
  'the prefix %s cannot be searched',
  (address) => {
    expect(() => pseudonyms.ofFilter({ facts: { address: { include: [address] } } })).toThrow(
      UnsearchablePrefix,
    );
  },
);
