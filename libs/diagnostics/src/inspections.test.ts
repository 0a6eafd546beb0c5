import type { Diagnostic } from '@admit-one/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runInspection } from './inspections.ts';

const never = new AbortController().signal;

function bounded(inspect: (signal: AbortSignal) => Promise<readonly Diagnostic[]>, interrupted = never) {
  return runInspection({ group: 'Redis', inspect }, interrupted);
}

/** Ends with the signal only. */
function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an inspection', () => {
  it('returns its diagnostics, and leaves no timer', async () => {
    const diagnostics = [{ level: 'ok', message: 'it answers' }] as const;
    expect(await bounded(async () => diagnostics)).toBe(diagnostics);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['that obeys the signal', endOf],
    ['that does not', () => new Promise<never>(() => {})],
  ])('%s ends after 5 s', async (_, inspect) => {
    const outcome = bounded(inspect);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome).toEqual([
      { level: 'error', message: 'the check failed: no answer within 5 s', remedy: expect.any(String) },
    ]);
  });

  it('that fails is an error with the message of its root cause', async () => {
    const unreachable = new AggregateError([new Error('connect ECONNREFUSED')]);
    const failure = new TypeError('fetch failed', { cause: unreachable });
    expect(await bounded(() => Promise.reject(failure))).toMatchObject([
      { level: 'error', message: 'the check failed: connect ECONNREFUSED' },
    ]);
  });

  it.each([['before'], ['while']])('that is interrupted %s it runs ends at once', async (when) => {
    const interruption = new AbortController();
    if (when === 'before') interruption.abort();
    const outcome = bounded(() => new Promise<never>(() => {}), interruption.signal);
    interruption.abort();
    expect(await outcome).toEqual([{ level: 'error', message: 'this check was interrupted' }]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
