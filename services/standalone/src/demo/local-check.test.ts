import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createLocalCheck } from './local-check.ts';

function isLocal(remoteAddress: string | undefined, headers: object, httpVersion = '1.1'): boolean {
  const request = { socket: { remoteAddress }, headers: { host: 'localhost:8080', ...headers }, httpVersion };
  return createLocalCheck()(request as unknown as IncomingMessage);
}

test.each([
  ['127.0.0.1', {}, true],
  ['127.9.9.9', { host: '127.0.0.1' }, true],
  ['::1', { host: '[::1]:8080' }, true],
  ['::ffff:127.0.0.1', { host: 'LOCALHOST' }, true],
  ['127.0.0.1', { origin: 'http://localhost:8080' }, true],
  ['192.0.2.1', {}, false],
  ['2001:db8::1', {}, false],
  [undefined, {}, false],
  ['127.0.0.1', { host: undefined }, false],
  ['127.0.0.1', { host: 'demo.example.com' }, false],
  ['127.0.0.1', { host: 'localhost.example.com' }, false],
  ['127.0.0.1', { host: 'localhost:8080@example.com' }, false],
  ['127.0.0.1', { origin: 'https://demo.example.com' }, false],
  ['127.0.0.1', { origin: 'null' }, false],
  ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, false],
  ['127.0.0.1', { 'x-forwarded-proto': 'https' }, false],
  ['127.0.0.1', { 'cf-connecting-ip': '192.0.2.1' }, false],
  ['127.0.0.1', { forwarded: 'for=192.0.2.1' }, false],
  ['127.0.0.1', { 'x-real-ip': '192.0.2.1' }, false],
  ['127.0.0.1', { via: '1.1 proxy' }, false],
])('from %s with %j: %s', (remoteAddress, headers, expected) => {
  expect(isLocal(remoteAddress, headers)).toBe(expected);
});

test('nginx with a bare proxy_pass, which writes its own Host and speaks HTTP/1.0, is not this machine', () => {
  expect(isLocal('127.0.0.1', { host: '127.0.0.1:8080', connection: 'close' }, '1.0')).toBe(false);
});
