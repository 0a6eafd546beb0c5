import type { EventStream } from '@admit-one/core';
import { createLogger, createTelemetry } from '@admit-one/runtime';
import { captureLogs } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchEventStream } from './event-stream-watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it('reports each crossing of 70 % once, and its end', async () => {
  const logs = captureLogs();
  const log = createLogger({ level: 'info', service: 'ticket-service', instance: 'a', destination: logs });
  const { meter } = createTelemetry({ service: 'ticket-service', instance: 'a' });
  const events = { fillRatio: 0 };
  const stop = watchEventStream({ events: events as EventStream, log, meter });
  const lines = async (...ratios: readonly number[]) => {
    for (const ratio of ratios) {
      events.fillRatio = ratio;
      await vi.advanceTimersByTimeAsync(1_000);
    }
    return logs.lines.map(({ severity, message }) => `${severity} ${message}`);
  };
  expect(await lines(0.1, 0.69)).toEqual([]);
  expect(await lines(0.7, 0.9, 1, 0.69, 0.71)).toEqual(['CRITICAL event_stream_filling']);
  expect(await lines(0.64, 0.69)).toEqual(['CRITICAL event_stream_filling', 'INFO event_stream_has_room']);
  expect(await lines(0.8)).toHaveLength(3);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});
