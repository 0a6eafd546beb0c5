import { createLogger } from '@admit-one/runtime';
import { captureLogs } from '@admit-one/testkit';
import { expect, test } from 'vitest';
import { createOutageLog } from './outage-log.ts';

test('tells of the beginning and the end of each outage, and of nothing else', () => {
  const logs = captureLogs();
  const log = createLogger({ level: 'info', service: 'test', instance: 'test', destination: logs });
  const outage = createOutageLog({ log, level: 'error', failure: 'failed', recovery: 'recovered' });
  outage.succeeded();
  for (const message of ['rejected', 'rejected', 'starting up']) outage.failed(new Error(message));
  outage.succeeded();
  outage.succeeded();
  outage.failed(new Error('disk full'));
  expect(logs.named('failed')).toMatchObject([
    { severity: 'ERROR', err: { message: 'rejected' } },
    { severity: 'ERROR', err: { message: 'disk full' } },
  ]);
  expect(logs.named('recovered')).toMatchObject([
    { severity: 'INFO', failures: 3, seconds: expect.any(Number) },
  ]);
});
