import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStoreClock } from './store-clock.ts';

const LOCAL = Date.UTC(2026, 0, 1);

beforeEach(() => vi.useFakeTimers({ now: LOCAL }));
afterEach(() => vi.useRealTimers());

describe('the store clock', () => {
  it("is this machine's clock until the store's was heard", () => {
    const clock = createStoreClock();
    expect(clock.synchronized).toBe(false);
    vi.advanceTimersByTime(1_500);
    expect(clock.now()).toBe(LOCAL + 1_500);
  });

  it.each([-30_000, 30_000])('is the store’s, %i ms off, from the first reply on', (off) => {
    const clock = createStoreClock();
    clock.observe(LOCAL + off);
    expect(clock.synchronized).toBe(true);
    vi.advanceTimersByTime(1_500);
    expect(clock.now()).toBe(LOCAL + off + 1_500);
  });

  it('is not put back by a reply that came late', () => {
    const clock = createStoreClock();
    clock.observe(LOCAL);
    vi.advanceTimersByTime(1_000);
    clock.observe(LOCAL + 300);
    expect(clock.now()).toBe(LOCAL + 1_000);
  });

  it('is put right by a reply that came sooner than the one before', () => {
    const clock = createStoreClock();
    clock.observe(LOCAL - 300);
    clock.observe(LOCAL);
    expect(clock.now()).toBe(LOCAL);
  });

  it('follows a store whose clock was set back', () => {
    const clock = createStoreClock();
    clock.observe(LOCAL);
    clock.observe(LOCAL - 60_000);
    expect(clock.now()).toBe(LOCAL - 60_000);
  });

  it('follows a store whose clock drifts back', () => {
    const clock = createStoreClock();
    clock.observe(LOCAL);
    vi.advanceTimersByTime(60_000);
    clock.observe(LOCAL + 60_000 - 20);
    expect(clock.now()).toBe(LOCAL + 60_000 - 20);
  });

  it.each([-3_600_000, 3_600_000])('runs on when this machine’s clock is set by %i ms', (jump) => {
    const clock = createStoreClock();
    clock.observe(LOCAL);
    vi.setSystemTime(LOCAL + jump);
    vi.advanceTimersByTime(1_000);
    expect(clock.now()).toBe(LOCAL + 1_000);
  });

  it('tells whole milliseconds: deadlines and event times are integers', () => {
    const clock = createStoreClock();
    clock.observe(LOCAL + 0.4);
    vi.advanceTimersByTime(0.5);
    expect(Number.isInteger(clock.now())).toBe(true);
  });
});
