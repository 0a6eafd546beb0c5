import { handshakeKeyOf } from '@admit-one/core';
import { newWebSocketKey } from '@admit-one/testkit';
import { expect, test } from 'vitest';
import { parseHandshake } from './handshake-context.ts';

const rules = { carriers: ['query' as const], routeOf: () => 'chat', instance: 'i' };

function keyWith(webSocketKey: string | undefined): string {
  const headers = webSocketKey === undefined ? {} : { 'sec-websocket-key': webSocketKey };
  const traceOf = () => ({ traceId: 'trace', traceparent: null });
  return parseHandshake({ target: '/ws', headers, address: null, traceOf }, rules).key;
}

test('repeats of a handshake have its key', () => {
  const key = newWebSocketKey();
  expect([keyWith(key), keyWith(key)]).toEqual([handshakeKeyOf(key), handshakeKeyOf(key)]);
});

test.each([undefined, '', 'short', 'AAAAAAAAAAAAAAAAAAAAAA'])(
  'handshakes without a valid key are told apart: %j',
  (key) => {
    expect(keyWith(key)).not.toBe(keyWith(key));
  },
);
