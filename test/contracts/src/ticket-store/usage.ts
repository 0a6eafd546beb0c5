import { StoreError, USAGE_WINDOW_MS } from '@admit-one/core';
import { expect } from 'vitest';
import { unique } from '../sample-events.ts';
import type { TicketStoreTests } from './subject.ts';

export const usageTests: TicketStoreTests = {
  'counts each key by itself': async ({ open }) => {
    const { usage } = await open();
    const [one, other] = [unique('key'), unique('key')];
    expect(await usage.add(one, 1)).toMatchObject({ count: 1 });
    expect(await usage.add(one, 30)).toMatchObject({ count: 31 });
    expect(await usage.add(other, 2)).toMatchObject({ count: 2 });
  },

  'counts what comes at once exactly': async ({ open }) => {
    const { usage } = await open();
    const key = unique('key');
    const counted = await Promise.all(Array.from({ length: 50 }, () => usage.add(key, 1)));
    expect(counted.map(({ count }) => count).sort((one, other) => one - other)).toEqual(
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
  },

  'has a window that later additions do not extend': async ({ open }) => {
    const { usage } = await open();
    const key = unique('key');
    const first = await usage.add(key, 1);
    expect(first.endsInMs).toBeLessThanOrEqual(USAGE_WINDOW_MS);
    expect(first.endsInMs).toBeGreaterThan(USAGE_WINDOW_MS / 2);
    const from = performance.now();
    await expect
      .poll(async () => (await usage.add(key, 1)).endsInMs, { interval: 10 })
      .toBeLessThan(first.endsInMs - 20);
    expect(performance.now() - from).toBeLessThan(USAGE_WINDOW_MS / 2);
  },

  'fails in one way after the close': async ({ open }) => {
    const { usage, store } = await open();
    await store.close();
    await expect(usage.add(unique('key'), 1)).rejects.toThrow(StoreError);
  },
};
