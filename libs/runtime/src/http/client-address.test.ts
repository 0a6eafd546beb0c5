import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createClientAddress } from './client-address.ts';

function request(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

describe('the address of a client', () => {
  it.each([
    ['its own, where no proxy is trusted', [], '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['what a trusted proxy says', ['10.0.0.0/8'], '10.1.2.3', '198.51.100.7', '198.51.100.7'],
    [
      'what the nearest trusted proxy says',
      ['10.0.0.0/8'],
      '10.1.2.3',
      '6.6.6.6, 198.51.100.7',
      '198.51.100.7',
    ],
    [
      'beyond a chain of trusted proxies',
      ['10.0.0.0/8'],
      '10.1.2.3',
      '198.51.100.7, 10.9.9.9',
      '198.51.100.7',
    ],
    ['its own, where it is no trusted proxy', ['10.0.0.0/8'], '192.0.2.1', '6.6.6.6', '192.0.2.1'],
    ['the proxy, where that says nothing', ['10.0.0.0/8'], '10.1.2.3', undefined, '10.1.2.3'],
  ])('is %s', (_, trusted, remote, forwarded, address) => {
    expect(createClientAddress(trusted)(request(remote, forwarded))).toBe(address);
  });

  it.each([
    ['with a port', '198.51.100.7:4433', '198.51.100.7'],
    ['with a port, before a trusted one with a port', '203.0.113.7:33453, 10.0.0.4:49770', '203.0.113.7'],
    ['with a port, before an empty entry', '203.0.113.7:33453, , 10.0.0.4:49770,', '203.0.113.7'],
    ['with an empty port', '198.51.100.7:', '198.51.100.7'],
    ['mapped to IPv6', '::FFFF:203.0.113.7', '203.0.113.7'],
    [
      'mapped to IPv6, with a port, before a mapped proxy',
      '[::ffff:cb00:7107]:1, ::ffff:10.0.0.4',
      '203.0.113.7',
    ],
    ['of IPv6', '2001:db8::7', '2001:db8::7'],
    ['of IPv6 in another spelling', '2001:0DB8:0:0::0007', '2001:db8::7'],
    ['of IPv6 with a zone and a port', '[FE80::7%25eth0]:443', 'fe80::7%eth0'],
    ['with tabs', '\t198.51.100.7\t', '198.51.100.7'],
    ['of IPv6 with a port', '[2001:db8::7]:4433', '2001:db8::7'],
    ['of IPv6 with a zone', 'fe80::7%eth0', 'fe80::7%eth0'],
    ['of a zone without end', `fe80::7%${'x'.repeat(10_000)}`, '10.1.2.3'],
    ['that is a name', 'client.example.com', '10.1.2.3'],
    ['that is unknown', 'unknown', '10.1.2.3'],
    ['that is unknown, before a trusted one', 'unknown, 10.0.0.4:49770', '10.0.0.4'],
    ['that is obfuscated', '_hidden:_port', '10.1.2.3'],
    ['with a port of words', '198.51.100.7:http', '10.1.2.3'],
    ['that is no address, before one that is', '6.6.6.6, <script>', '10.1.2.3'],
    ['that is no address, behind a trusted one', `${'x'.repeat(10_000)}, 10.9.9.9`, '10.9.9.9'],
    ['that is empty', ' , ,', '10.1.2.3'],
    ['in a chain that it made up', `6.6.6.6, ${'10.9.9.9,'.repeat(5_000)} 10.8.8.8`, '10.9.9.9'],
    ['beyond 31 trusted ones', `198.51.100.7, ${'10.9.9.9,'.repeat(31)}`, '198.51.100.7'],
  ])('forwarded %s is an address all the same', (_, forwarded, address) => {
    expect(createClientAddress(['10.0.0.0/8'])(request('10.1.2.3', forwarded))).toBe(address);
  });

  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('of the connection %s is written %s', (remote, address) => {
    expect(createClientAddress([])(request(remote))).toBe(address);
  });

  it('is null where the client has gone', () => {
    expect(createClientAddress([])(request(undefined))).toBeNull();
  });
});
