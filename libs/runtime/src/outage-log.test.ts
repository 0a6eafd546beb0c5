import { captureLogs } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from './logging.ts';
import { createOutageLog, OUTAGE_MS } from './outage-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start(isExplained = () => false) {
  const logs = captureLogs();
  const log = createLogger({ level: 'info', service: 'test', instance: 'test', destination: logs });
  const outage = createOutageLog({
    log,
    failure: 'relay_failed',
    recovery: 'relay_recovered',
    isExplained,
  });
  return { logs, outage };
}

test('logs the beginning and the end of an outage, with its first cause', () => {
  const { logs, outage } = start();
  outage.succeeded();
  for (const message of ['refused', 'refused', 'starting up']) {
    outage.failed(new Error(message));
    vi.advanceTimersByTime(OUTAGE_MS);
  }
  outage.succeeded();
  outage.succeeded();
  expect(logs.lines).toMatchObject([
    { severity: 'ERROR', message: 'relay_failed', cause: 'refused', since: expect.any(String) },
    { severity: 'INFO', message: 'relay_recovered', failures: 3, downSeconds: (3 * OUTAGE_MS) / 1_000 },
  ]);
});

test('logs nothing where a retry within a second succeeds', () => {
  const { logs, outage } = start();
  for (let n = 0; n < 3; n += 1) {
    outage.failed(new Error('timeout'));
    vi.advanceTimersByTime(OUTAGE_MS - 1);
    outage.succeeded();
  }
  expect(logs.text).toBe('');
});

test('logs an outage that outlasts that of the dependency, and none that does not', () => {
  let isDown = true;
  const { logs, outage } = start(() => isDown);
  const fail = () => {
    outage.failed(new Error('away'));
    vi.advanceTimersByTime(OUTAGE_MS);
  };
  fail();
  fail();
  outage.succeeded();
  expect(logs.text).toBe('');
  fail();
  isDown = false;
  fail();
  expect(logs.lines).toMatchObject([{ message: 'relay_failed' }]);
});
