import { captureLogs } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from './logging.ts';
import { awaitReady } from './when-ready.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start() {
  const logs = captureLogs();
  const log = createLogger({ level: 'info', service: 'test', instance: 'test', destination: logs });
  const report = {
    ready: false,
    checks: { store: { status: 'failed', cause: 'away' }, bus: { status: 'ok' } },
  };
  const readiness = awaitReady(
    async () => report as Awaited<ReturnType<Parameters<typeof awaitReady>[0]>>,
    log,
  );
  const onReady = vi.fn();
  void readiness.ready.then(onReady);
  return { logs, report, onReady, stop: readiness.stop };
}

test('says once what it waits for, and when it is ready', async () => {
  const { logs, report, onReady } = start();
  await vi.advanceTimersByTimeAsync(4_900);
  expect(logs.text).toBe('');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(logs.lines).toMatchObject([
    { severity: 'WARNING', message: 'not_ready', checks: { store: { cause: 'away' } } },
  ]);
  expect(logs.lines[0]?.checks).not.toHaveProperty('bus');
  expect(onReady).not.toHaveBeenCalled();
  report.ready = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onReady).toHaveBeenCalledTimes(1);
  expect(logs.named('ready')).toMatchObject([{ severity: 'INFO', seconds: expect.closeTo(65, 0) }]);
});

test('waits no more once it is stopped', async () => {
  const { report, onReady, stop } = start();
  await vi.advanceTimersByTimeAsync(0);
  stop();
  report.ready = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onReady).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
