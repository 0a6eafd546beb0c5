import { expect, test } from 'vitest';
import { canonicalAddress } from './canonical-address.ts';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:CB00:7107', '203.0.113.7'],
  ['0:0:0:0:0:ffff:cb00:7107', '203.0.113.7'],
  ['2001:DB8:0:0:0:0:0:A', '2001:db8::a'],
  ['2001:0db8:0000:0001:0000:0000:0000:0001', '2001:db8:0:1::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['::', '::'],
  ['0::1', '::1'],
  ['FE80::1%eth0', 'fe80::1%eth0'],
  ['2001:db8::1%eth0', '2001:db8::1'],
  ['::ffff:203.0.113.7%eth0', '203.0.113.7'],
])('%s is written %s', (text, address) => {
  expect(canonicalAddress(text)).toBe(address);
});

test.each([
  '',
  'unknown',
  '_hidden',
  '1.2.3',
  '010.0.0.1',
  '0x7f.1',
  '1.2.3.4:80',
  '[::1]',
  '::1%',
  `fe80::1%${'x'.repeat(100)}`,
])('%j is not an address', (text) => {
  expect(canonicalAddress(text)).toBeNull();
});
