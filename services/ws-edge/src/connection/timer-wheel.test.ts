import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createTimerWheel, type Due, TICK_MS } from './timer-wheel.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** Something to look at. */
function due(look: Due['look']): Due {
  return { look, tick: null };
}

it('looks when it is due, again and again, with one timer for all', () => {
  const wheel = createTimerWheel();
  const startedAt = performance.now();
  const looks: number[] = [];
  const others = Array.from({ length: 1_000 }, () => due(() => 60_000));
  for (const other of others) wheel.add(other, 60_000);
  const one = due((now) => {
    looks.push(now - startedAt);
    return 3_000;
  });
  wheel.add(one, 1_000);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(8_000);
  expect(looks).toHaveLength(3);
  for (const [n, at] of [1_000, 4_000, 7_000].entries()) {
    expect(looks[n]).toBeGreaterThanOrEqual(at);
    expect(looks[n]).toBeLessThanOrEqual(at + 3 * TICK_MS);
  }

  for (const removed of [one, one, ...others]) wheel.remove(removed);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(8_000);
  expect(looks).toHaveLength(3);
});

it('looks at nothing that another look has removed', () => {
  const wheel = createTimerWheel();
  const seen: string[] = [];
  const first = due(() => {
    seen.push('first');
    wheel.remove(first);
    wheel.remove(second);
    return 100;
  });
  const second = due(() => seen.push('second'));
  wheel.add(first, 100);
  wheel.add(second, 100);
  vi.advanceTimersByTime(1_000);
  expect(seen).toEqual(['first']);
});

it('catches up after the event loop stood still', () => {
  const wheel = createTimerWheel();
  const looked = vi.fn(() => 60_000);
  wheel.add(due(looked), 200);
  // No tick for ten seconds.
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_000);
  vi.advanceTimersByTime(TICK_MS);
  expect(looked).toHaveBeenCalledOnce();
});
