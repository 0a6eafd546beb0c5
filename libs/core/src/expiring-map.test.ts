import { describe, expect, it } from 'vitest';
import { createExpiringMap } from './expiring-map.ts';

describe('an expiring map', () => {
  it('has a value until its time, exclusive', () => {
    const map = createExpiringMap<string>();
    map.set('key', 'value', 100, 0);
    expect(map.get('key', 99)).toBe('value');
    expect(map.get('key', 100)).toBeUndefined();
    expect(map.get('another', 0)).toBeUndefined();
  });

  it('goes by the last time that was set', () => {
    const map = createExpiringMap<string>();
    map.set('key', 'first', 100, 0);
    map.set('key', 'second', 200, 50);
    expect(map.get('key', 150)).toBe('second');
    map.set('key', 'third', 160, 150);
    expect(map.get('key', 170)).toBeUndefined();
  });

  it('holds about twice what is live at most, and loses nothing that is', () => {
    const map = createExpiringMap<number>();
    const lifetime = 1_000;
    let most = 0;
    let lost = 0;
    for (let now = 0; now < 100_000; now += 1) {
      map.set(String(now), now, now + lifetime, now);
      most = Math.max(most, map.size);
      const oldestLive = Math.max(0, now - lifetime + 1);
      if (map.get(String(oldestLive), now) !== oldestLive) lost += 1;
    }
    expect(lost).toBe(0);
    expect(most).toBeLessThan(2.5 * lifetime);
  });

  it('evicts many expired entries as others are added', () => {
    const map = createExpiringMap<number>();
    for (let n = 0; n < 10_000; n += 1) map.set(`expired-${n}`, n, 100, 0);
    for (let n = 0; n < 11_000; n += 1) map.set(`other-${n % 10}`, n, 1_000, 200);
    expect(map.size).toBeLessThan(20);
  });

  it('drops what was added first where it is full', () => {
    const map = createExpiringMap<number>(2);
    for (const [n, key] of ['a', 'b', 'a', 'c'].entries()) map.set(key, n, 1_000, 0);
    expect(['a', 'b', 'c'].map((key) => map.get(key, 0))).toEqual([undefined, 1, 3]);
  });
});
