import { captureLogs } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from './logging.ts';
import { createRepeatLog } from './repeat-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('logs an error once a minute with the number of its repeats, and none that a dependency explains', () => {
  const logs = captureLogs();
  const log = createLogger({ level: 'info', service: 'test', instance: 'test', destination: logs });
  let isDown = false;
  const report = createRepeatLog(log, () => isDown);
  for (const text of ['one', 'one', 'two', 'one']) report(new Error(text));
  isDown = true;
  report(new Error('three'));
  isDown = false;
  vi.advanceTimersByTime(60_000);
  report(new Error('one'));
  const lines = logs.lines.map(({ err, count }) => [(err as Error).message, count]);
  expect(lines).toEqual([
    ['one', undefined],
    ['two', undefined],
    ['one', 2],
  ]);
});
