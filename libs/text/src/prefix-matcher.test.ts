import { expect, test } from 'vitest';
import { prefixMatcher } from './prefix-matcher.ts';

test.each([
  ['203.0.113.0/24', '203.0.113.9', true],
  ['203.0.113.0/24', '203.0.114.9', false],
  ['203.0.113.0/24', '::ffff:203.0.113.9', true],
  ['203.0.113.7/32', '203.0.113.7', true],
  ['2001:db8::/32', '2001:db8:1::7', true],
  ['2001:db8::/32', '203.0.113.9', false],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['0.0.0.0/0', 'not an address', false],
])('%s has %s: %s', (prefix, address, expected) => {
  expect(prefixMatcher(prefix)(address)).toBe(expected);
});
