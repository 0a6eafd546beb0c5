import { BusError, type EventStream } from '@admit-one/core';
import { createLogger } from '@admit-one/runtime';
import { captureLogs } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startStreamTrim } from './trim-stream.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

function trimming(trim: EventStream['trim']) {
  const logs = captureLogs();
  const log = createLogger({ level: 'info', service: 'audit-service', instance: 'a', destination: logs });
  const events = { trim } as EventStream;
  const dependencies = { isAnyDown: () => false };
  const options = { events, consumer: 'audit', windowMs: 3_000, everyMs: 1_000, log, dependencies };
  const running = startStreamTrim(options);
  return { running, messages: () => logs.lines.map(({ message }) => message) };
}

it('trims at every interval, one at a time, and waits for the last at its stop', async () => {
  let finish = () => {};
  const trim = vi.fn(
    () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  );
  const { running } = trimming(trim);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(trim.mock.calls).toEqual([['audit', 3_000]]);
  finish();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(trim).toHaveBeenCalledTimes(2);
  let stopped = false;
  const stopping = running.stop().then(() => {
    stopped = true;
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(stopped).toBe(false);
  finish();
  await stopping;
  expect(vi.getTimerCount()).toBe(0);
});

it('logs a failure when it begins and when it ends', async () => {
  const trim = vi.fn<EventStream['trim']>().mockResolvedValue();
  for (let n = 0; n < 3; n += 1) trim.mockRejectedValueOnce(new BusError('timeout', 'no answer'));
  const { running, messages } = trimming(trim);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(messages()).toEqual(['stream_trim_failed', 'stream_trim_recovered']);
  await running.stop();
});
