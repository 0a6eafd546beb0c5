import { AuditLogError } from '@admit-one/core';
import { createLogger } from '@admit-one/runtime';
import { captureLogs } from '@admit-one/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { startRetention } from './start-retention.ts';

const retention = { days: 30, maxBytes: null };

function start(maintain: () => Promise<readonly string[]>) {
  const logs = captureLogs();
  const log = createLogger({ level: 'debug', service: 'audit-service', instance: 'x', destination: logs });
  const dependencies = { isAnyDown: () => false };
  const running = startRetention({ auditLog: { maintain }, retention, log, dependencies, everyMs: 1 });
  onTestFinished(() => running.stop());
  return logs;
}

test('tells which days were dropped, and of runs that drop none, nothing', async () => {
  const dropped = [[], ['2026-01-30', '2026-01-31'], []];
  const logs = start(async () => dropped.shift() ?? []);
  await expect.poll(() => dropped).toEqual([]);
  expect(logs.named('days_dropped')).toMatchObject([
    { severity: 'INFO', count: 2, days: ['2026-01-30', '2026-01-31'] },
  ]);
});

test('says so once where it cannot, and tries again', async () => {
  let isBusy = true;
  const logs = start(async () => {
    if (isBusy) throw new AuditLogError('unavailable', 'a day is being read');
    return [];
  });
  const warnings = () => logs.named('retention_failed').filter(({ severity }) => severity === 'WARNING');
  await expect.poll(warnings).toHaveLength(1);
  isBusy = false;
  await expect.poll(() => logs.named('retention_recovered')).toHaveLength(1);
  expect(warnings()).toHaveLength(1);
});
