import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createTimerWheel, TICK_MS } from './timer-wheel.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
});

it('looks when it is due, again and again, with one timer for all', () => {
  const wheel = createTimerWheel();
  const startedAt = performance.now();
  const looks: number[] = [];
  const removals = Array.from({ length: 1_000 }, () => wheel.add(60_000, () => 60_000));
  const remove = wheel.add(1_000, (now) => {
    looks.push(now - startedAt);
    return 3_000;
  });
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(8_000);
  expect(looks).toHaveLength(3);
  for (const [n, at] of [1_000, 4_000, 7_000].entries()) {
    expect(looks[n]).toBeGreaterThanOrEqual(at);
    expect(looks[n]).toBeLessThanOrEqual(at + 3 * TICK_MS);
  }

  for (const end of [remove, ...removals]) end();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(8_000);
  expect(looks).toHaveLength(3);
});

it('looks at nothing that another look has removed', () => {
  const wheel = createTimerWheel();
  const seen: string[] = [];
  let removeSecond = () => {};
  const removeFirst = wheel.add(100, () => {
    seen.push('first');
    removeFirst();
    removeSecond();
    return 100;
  });
  removeSecond = wheel.add(100, () => seen.push('second'));
  vi.advanceTimersByTime(1_000);
  expect(seen).toEqual(['first']);
});

it('catches up after the event loop stood still', () => {
  const wheel = createTimerWheel();
  const looked = vi.fn(() => 60_000);
  wheel.add(200, looked);
  // No tick for ten seconds.
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_000);
  vi.advanceTimersByTime(TICK_MS);
  expect(looked).toHaveBeenCalledOnce();
});
