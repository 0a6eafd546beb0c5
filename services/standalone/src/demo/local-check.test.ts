import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createLocalCheck } from './demo.ts';

test.each([
  ['127.0.0.1', {}, true],
  ['127.9.9.9', {}, true],
  ['::1', {}, true],
  ['::ffff:127.0.0.1', {}, true],
  ['192.0.2.1', {}, false],
  ['2001:db8::1', {}, false],
  [undefined, {}, false],
  ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, false],
  ['127.0.0.1', { forwarded: 'for=192.0.2.1' }, false],
  ['127.0.0.1', { 'x-real-ip': '192.0.2.1' }, false],
  ['127.0.0.1', { via: '1.1 proxy' }, false],
])('from %s with %j: %s', (remoteAddress, headers, expected) => {
  const request = { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
  expect(createLocalCheck()(request)).toBe(expected);
});
