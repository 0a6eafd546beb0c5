import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLastKnown } from './last-known.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets the second pass for which a value is kept. */
function passSecond(): void {
  vi.advanceTimersByTime(1_001);
}

test('a value is read once a second, however many ask', async () => {
  let count = 0;
  const known = createLastKnown(async () => ++count);
  expect(await Promise.all([known.get(), known.get()])).toEqual([1, 1]);
  expect(await known.get()).toBe(1);
  passSecond();
  expect(await known.get()).toBe(2);
});

test('the last value stays where reading fails or does not end, and nobody waits for it for long', async () => {
  const answers = [
    async () => 'first',
    () => Promise.reject(new Error('away')),
    () => new Promise<string>(() => {}),
  ];
  const known = createLastKnown(() => answers.shift()?.() ?? Promise.resolve('never read'));
  expect(await known.get()).toBe('first');
  passSecond();
  expect(await known.get()).toBe('first');
  passSecond();
  expect(await known.get()).toBe('first');
  expect(await known.get()).toBe('first');
});

test('there is none before the first was read, and a reading on purpose tells why', async () => {
  const known = createLastKnown(() => Promise.reject(new Error('away')));
  expect(await known.get()).toBe(undefined);
  await expect(known.read()).rejects.toThrow('away');
});
