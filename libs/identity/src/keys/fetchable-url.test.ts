import { expect, test } from 'vitest';
import { isFetchableUrl, isTamperable } from './fetchable-url.ts';

test.each([
  ['https://login.example.com/jwks.json', true],
  ['http://127.0.0.1:8080/jwks.json?a=b', true],
  ['https://user:password@login.example.com/', false],
  ['https://user@login.example.com/', false],
  ['file:///etc/passwd', false],
  ['data:application/json,{}', false],
  ['login.example.com/jwks.json', false],
  ['', false],
])('whether %s can be fetched: %s', (url, expected) => {
  expect(isFetchableUrl(url)).toBe(expected);
});

test.each([
  ['https://login.example.com/', false],
  ['http://login.example.com/', true],
  ['http://127.example.com/', true],
  ['http://localhost.example.com/', true],
  ['http://10.0.0.1/', true],
  ['http://localhost:8080/', false],
  ['http://login.localhost/', false],
  ['http://127.0.0.1/', false],
  ['http://127.1/', false],
  ['http://[::1]:80/', false],
  ['login.example.com', false],
])('whether %s can be tampered with on its way: %s', (url, expected) => {
  expect(isTamperable(url)).toBe(expected);
});
