import { expect, test } from 'vitest';
import { clientNetwork, siteNetwork } from './client-network.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['2001:db8:0:1:ffff::2', '2001:db8:0:1::/64'],
  ['2001:0DB8::1', '2001:db8::/64'],
  ['2001:db8:0:0:1:2:3:4', '2001:db8::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b::/64'],
  ['::1', '::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['what a client: says', 'what a client: says'],
  ['1:2', '1:2'],
  ['', ''],
])('%s is of the network %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network);
});

test.each([
  ['2001:db8:0:1::1', '2001:db8::/48'],
  ['2001:db8:0:ffff::1', '2001:db8::/48'],
  ['fe80::1%eth0', 'fe80::/48'],
  ['192.0.2.1', null],
  ['::ffff:192.0.2.1', null],
  ['what a client: says', null],
])('%s is of the site %s', (address, site) => {
  expect(siteNetwork(address)).toBe(site);
});
