import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { shared } from './shared.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('runs one read at a time, and keeps its result', async () => {
  let reads = 0;
  const read = shared(1_000, async () => {
    reads += 1;
    return reads;
  });
  expect(await Promise.all([read(), read(), read()])).toEqual([1, 1, 1]);
  vi.advanceTimersByTime(999);
  expect(await read()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await Promise.all([read(), read()])).toEqual([2, 2]);
});

test('keeps an error as long', async () => {
  let reads = 0;
  const read = shared(1_000, async () => {
    reads += 1;
    if (reads === 1) throw new Error('down');
    return reads;
  });
  expect(await Promise.allSettled([read(), read()])).toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ]);
  await expect(read()).rejects.toThrow('down');
  vi.advanceTimersByTime(1_000);
  expect(await read()).toBe(2);
});

test('reads anew after it was told to forget, even while a read is in flight', async () => {
  const answers: ((value: number) => void)[] = [];
  const read = shared(1_000, () => new Promise<number>((resolve) => answers.push(resolve)));
  const first = read();
  read.forget();
  const second = read();
  answers[0]?.(1);
  expect(await first).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(read()).toBe(second);
  answers[1]?.(2);
  expect(await second).toBe(2);
  expect(await read()).toBe(2);
});
