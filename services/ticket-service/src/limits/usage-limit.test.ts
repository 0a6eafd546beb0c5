import { StoreError, USAGE_WINDOW_MS, type UsageCounter } from '@admit-one/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { createUsageLimit } from './usage-limit.ts';

const LIMIT = 10;

let now = 0;
let calls = 0;
let down = false;
let counts = new Map<string, { count: number; endsAt: number }>();

/** Windows by the test's clock. */
const usage: UsageCounter = {
  async add(key, points) {
    calls += 1;
    if (down) throw new StoreError('unavailable', 'down');
    const present = counts.get(key);
    const window = present && present.endsAt > now ? present : { count: 0, endsAt: now + USAGE_WINDOW_MS };
    window.count += points;
    counts.set(key, window);
    return { count: window.count, endsInMs: window.endsAt - now };
  },
};

beforeEach(() => {
  [now, calls, down, counts] = [0, 0, false, new Map()];
});

const instance = () => createUsageLimit(LIMIT, usage, () => now);

/** How many of so many uses pass. */
async function passed(limit: ReturnType<typeof instance>, uses: number, key = 'key'): Promise<number> {
  let count = 0;
  for (let use = 0; use < uses; use += 1) if ((await limit.take(key)) === 0) count += 1;
  return count;
}

describe('a usage limit', () => {
  it('lets half of the limit pass without a call, and no more than the limit', async () => {
    const limit = instance();
    expect(await passed(limit, LIMIT / 2)).toBe(LIMIT / 2);
    expect(calls).toBe(0);
    expect(await passed(limit, 100)).toBe(LIMIT / 2);
    expect(await passed(limit, 1, 'another')).toBe(1);
  });

  it('asks no more once a key is above it, and keeps to the time that it told', async () => {
    const limit = instance();
    await passed(limit, LIMIT + 1);
    const asked = calls;
    now = 20_000;
    expect(await limit.take('key')).toBe(USAGE_WINDOW_MS - 20_000);
    now = USAGE_WINDOW_MS - 1;
    expect(await limit.take('key')).toBe(1);
    expect(calls).toBe(asked);
    now = USAGE_WINDOW_MS;
    expect(await passed(limit, 100)).toBe(LIMIT);
  });

  it('begins its own window anew only with that of the others', async () => {
    const limit = instance();
    await passed(limit, LIMIT / 2);
    now = 50_000;
    await passed(limit, LIMIT);
    now = 70_000;
    expect(await passed(limit, 100)).toBe(0);
  });

  it('lets instances pass the limit and half of it for each but the first', async () => {
    const all = [instance(), instance(), instance()];
    let count = 0;
    for (let round = 0; round < 50; round += 1) for (const limit of all) count += await passed(limit, 1);
    expect(count).toBeLessThanOrEqual(LIMIT + 2 * (LIMIT / 2));
    expect(count).toBeGreaterThanOrEqual(LIMIT);
  });

  it('is that of each instance while the counter is away, and counts on when it is back', async () => {
    const limit = instance();
    down = true;
    expect(await passed(limit, 8)).toBe(8);
    down = false;
    expect(await passed(limit, 100)).toBe(LIMIT - 8);
    down = true;
    expect(
      await passed(
        createUsageLimit(LIMIT, usage, () => now),
        100,
      ),
    ).toBe(LIMIT);
  });
});
