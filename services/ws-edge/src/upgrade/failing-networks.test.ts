import { newTicket, type Reason } from '@admit-one/core';
import { type HandshakeContext, parseHandshake } from '@admit-one/gate';
import { createFailureLimit } from '@admit-one/runtime';
import { expect, test } from 'vitest';
import { createFailingNetworks } from './failing-networks.ts';

const NETWORK = '203.0.113.1';
const WAIT = { reason: 'failure_rate', retryAfterSeconds: 60 };
const SHARE_TAKEN = { reason: 'failure_rate', retryAfterSeconds: 1 };

function handshake(ticket: string | null, address: string): HandshakeContext {
  return parseHandshake(
    {
      target: ticket === null ? '/ws' : `/ws?ticket=${ticket}`,
      headers: {},
      address,
      traceOf: () => ({ traceId: '', traceparent: null }),
    },
    { carriers: ['query'], routeOf: () => 'default', instance: null },
  );
}

/** An edge with room for 16 handshakes, so 2 of a failing network, where this network has failed so often that it is one. */
function start(address = NETWORK) {
  const failing = createFailingNetworks(
    createFailureLimit(3, () => 0),
    16,
  );
  const begin = (ticket: string | null, from = address) => {
    const begun = handshake(ticket, from);
    return { failed: failing.check(begun), end: (reason?: Reason) => failing.ended(begun, reason) };
  };
  for (let time = 0; time < 3; time += 1) begin(null).end('ticket_missing');
  return begin;
}

test.each([
  ['no ticket', null, WAIT],
  ['a malformed one', 'short', WAIT],
  ['one that may be good', newTicket(), undefined],
])('a failing network with %s', (_, ticket, failed) => {
  const begin = start();
  expect(begin(ticket).failed).toEqual(failed);
  expect(begin(ticket, '203.0.113.2').failed).toBeUndefined();
});

test('a flood of guessed tickets takes the share of its network, and gives it back as its handshakes end', () => {
  const begin = start();
  const [first] = [begin(newTicket()), begin(newTicket())];
  expect(begin(newTicket()).failed).toEqual(SHARE_TAKEN);
  expect(begin(newTicket(), '198.51.100.1').failed).toBeUndefined();
  first?.end('ticket_unknown');
  expect([begin(newTicket()).failed, begin(newTicket()).failed]).toEqual([undefined, SHARE_TAKEN]);
});

test('the networks of a /48 have one share', () => {
  const failing = createFailingNetworks(
    createFailureLimit(1, () => 0),
    16,
  );
  const networks = [1, 2, 3].map((n) => `2001:db8:0:${n}::1`);
  for (const address of networks) failing.ended(handshake(null, address), 'ticket_missing');
  const checks = networks.map((address) => failing.check(handshake(newTicket(), address)));
  expect(checks).toEqual([undefined, undefined, SHARE_TAKEN]);
});
