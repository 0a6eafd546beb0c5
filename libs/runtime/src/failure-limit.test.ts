import { beforeEach, describe, expect, it } from 'vitest';
import { createFailureLimit, type FailureLimit } from './failure-limit.ts';

const LIMIT = 10;
let now = 0;
let limit: FailureLimit;

beforeEach(() => {
  now = 0;
  limit = createFailureLimit(LIMIT, () => now);
});

function fail(address: string, times: number): void {
  for (let time = 0; time < times; time += 1) limit.count(address);
}

describe('a limit of failures', () => {
  it('has a client wait from its last failure to the end of the minute', () => {
    fail('192.0.2.1', LIMIT - 1);
    expect(limit.waitMs('192.0.2.1')).toBe(0);
    now = 20_000;
    fail('192.0.2.1', 1);
    expect(limit.waitMs('192.0.2.1')).toBe(40_000);
    expect(limit.waitMs('192.0.2.2')).toBe(0);
    now = 60_000;
    expect(limit.waitMs('192.0.2.1')).toBe(0);
  });

  it('counts an IPv6 /64 as one client, and eight times as many for its /48', () => {
    fail('2001:db8:0:1::1', LIMIT / 2);
    fail('2001:db8:0:1::ffff', LIMIT / 2);
    expect(limit.waitMs('2001:db8:0:1:2::3')).toBe(60_000);
    expect(limit.waitMs('2001:db8:0:2::1')).toBe(0);
    for (let network = 2; network <= 8; network += 1) fail(`2001:db8:0:${network}::1`, LIMIT);
    expect(limit.waitMs('2001:db8:0:9::1')).toBe(60_000);
    expect(limit.waitMs('2001:db8:1::1')).toBe(0);
  });

  it('is none for a client whose address is unknown', () => {
    for (let time = 0; time < 2 * LIMIT; time += 1) limit.count(null);
    expect(limit.waitMs(null)).toBe(0);
  });

  it('forgets the networks that failed first when there are too many', () => {
    fail('192.0.2.1', LIMIT);
    for (let n = 0; n < 50_000; n += 1) limit.count(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    expect(limit.waitMs('192.0.2.1')).toBe(0);
  });
});
