import { expect, test } from 'vitest';
import type { AuditFilter } from '../ports/audit-search.ts';
import { storedEvent } from './event.fixture.ts';
import { filterMatcher } from './filter-matcher.ts';

const ticket = 'u7lqBqkCwDpJb5yL2vQf0mXh3rTnZ8sEo1KdGiA4cWg';
const event = storedEvent(1, {
  subject: ticket,
  time: Date.UTC(2026, 0, 31, 12),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: {
    reason: 'ticket_replayed',
    connection: null,
    pathway: 'ticket',
    route: 'chat',
    principal: { issuer: 'main', session: 's1', user: 'ann', kid: 'k1', attributes: { plan: 'pro' } },
    context: { address: '203.0.113.7', origin: 'https://a.example', agent: 'curl', edge: 'edge-1' },
  },
});
const overV6 = storedEvent(2, { data: { context: { address: 'fe80::7%eth0' } } });
const nowhere = storedEvent(3, { data: { context: { address: 'unknown' } } });

test.each<[string, AuditFilter, boolean]>([
  ['no condition', {}, true],
  ['its type', { facts: { type: { include: ['admit.ticket.rejected'] } } }, true],
  ['another type', { facts: { type: { include: ['admit.ticket.issued'] } } }, false],
  ['its source', { facts: { source: { include: ['ticket-service-1'] } } }, true],
  ['its ticket', { facts: { ticket: { include: [ticket] } } }, true],
  ['the beginning of its ticket', { facts: { ticket: { include: ['u7lqBqkC'] } } }, true],
  ['the beginning of another ticket', { facts: { ticket: { include: ['7lqBqkCw'] } } }, false],
  ['its trace', { facts: { trace: { include: ['0af7651916cd43dd8448eb211c80319c'] } } }, true],
  ['one of several values', { facts: { user: { include: ['bob', 'ann'] } } }, true],
  ['the beginning of a value', { facts: { user: { include: ['an'] } } }, false],
  ['another case', { facts: { user: { include: ['Ann'] } } }, false],
  ['its value excluded', { facts: { reason: { exclude: ['ticket_replayed'] } } }, false],
  ['another value excluded', { facts: { reason: { exclude: ['origin_blocked'] } } }, true],
  ['included and excluded', { facts: { user: { include: ['ann'], exclude: ['ann'] } } }, false],
  ['an absent fact', { facts: { connection: { include: ['c1'] } } }, false],
  ['an absent fact excluded', { facts: { connection: { exclude: ['c1'] } } }, true],
  ['conditions that all hold', { facts: { user: { include: ['ann'] }, kid: { include: ['k1'] } } }, true],
  ['one that does not hold', { facts: { user: { include: ['ann'] }, kid: { include: ['k2'] } } }, false],
  ['its address', { facts: { address: { include: ['203.0.113.7'] } } }, true],
  ['another address', { facts: { address: { include: ['203.0.113.70'] } } }, false],
  ['its prefix', { facts: { address: { include: ['2001:db8::/48', '203.0.113.0/24'] } } }, true],
  ['another prefix', { facts: { address: { include: ['203.0.114.0/24'] } } }, false],
  ['its prefix excluded', { facts: { address: { exclude: ['203.0.113.0/24'] } } }, false],
  ['an IPv6 prefix excluded', { facts: { address: { exclude: ['::/0'] } } }, true],
  ['its attribute', { attributes: { plan: { include: ['free', 'pro'] } } }, true],
  ['another value of it', { attributes: { plan: { include: ['free'] } } }, false],
  ['an absent attribute', { attributes: { constructor: { include: ['pro'] } } }, false],
  ['an absent attribute excluded', { attributes: { team: { exclude: ['a'] } } }, true],
  ['from its time', { from: '2026-01-31T13:00:00+01:00' }, true],
  ['from later', { from: '2026-01-31T12:00:00.001Z' }, false],
  ['to its time', { to: '2026-01-31T12:00:00Z' }, false],
  ['to later', { to: '2026-01-31T12:00:00.001Z' }, true],
  [
    'one of two facts',
    {
      anyOf: [
        { fact: 'session', value: 'ann' },
        { fact: 'user', value: 'ann' },
      ],
    },
    true,
  ],
  ['none of the facts', { anyOf: [{ fact: 'session', value: 'ann' }] }, false],
  ['no fact', { anyOf: [] }, false],
  [
    'one of two facts, and another condition that does not hold',
    { anyOf: [{ fact: 'user', value: 'ann' }], facts: { user: { include: ['bob'] } } },
    false,
  ],
])('%s', (_name, filter, matches) => {
  expect(filterMatcher(filter)(event)).toBe(matches);
});

test.each<[string, boolean]>([
  ['fe80::7', true],
  ['fe80::/10', true],
  ['203.0.113.0/24', false],
])('a link-local address with a zone, by %s', (address, matches) => {
  expect(filterMatcher({ facts: { address: { include: [address] } } })(overV6)).toBe(matches);
});

test('a text that is no address has no prefix', () => {
  const everything = { include: ['0.0.0.0/0', '::/0'] };
  expect(filterMatcher({ facts: { address: everything } })(nowhere)).toBe(false);
  expect(filterMatcher({ facts: { address: { exclude: everything.include } } })(nowhere)).toBe(true);
});
