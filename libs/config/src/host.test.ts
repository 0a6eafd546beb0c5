import { describe, expect, it } from 'vitest';
import { addressIssues } from './host.ts';

describe('an entry of TRUSTED_PROXIES', () => {
  it.each(['10.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8', 'loopback'])('may be %s', (entry) => {
    expect(addressIssues('TRUSTED_PROXIES', [entry])).toEqual([]);
  });

  it.each(['proxy.example.com', '10.0.0.0/64', '*', ''])('may not be %j', (entry) => {
    expect(addressIssues('TRUSTED_PROXIES', [entry])).toEqual([
      `TRUSTED_PROXIES: ${JSON.stringify(entry)} is neither an address nor a network such as 10.0.0.0/8`,
    ]);
  });
});
