import { captureLogs } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDependencies } from './dependencies.ts';
import { createLogger } from './logging.ts';
import { OUTAGE_MS } from './outage-log.ts';
import { createTelemetry } from './telemetry.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start() {
  const logs = captureLogs();
  const log = createLogger({ level: 'info', service: 'test', instance: 'test', destination: logs });
  const { meter } = createTelemetry({ service: 'test', instance: 'test' });
  return { logs, dependencies: createDependencies({ log, meter }) };
}

const refused = new Error('connect ECONNREFUSED 10.0.0.3:6379');

it('logs one line at the beginning and one at the end of an outage, with what it rejected', () => {
  const { logs, dependencies } = start();
  const redis = dependencies.watch('redis');
  redis.onReachable();
  redis.onReachable();
  dependencies.countRejected('requests', 'store_unavailable');
  const lostAt = new Date().toISOString();
  redis.onUnreachable(refused);
  dependencies.countRejected('requests', 'store_unavailable');
  dependencies.countRejected('requests', 'ticket_service_unavailable');
  for (let n = 0; n < 5; n += 1) {
    vi.advanceTimersByTime(OUTAGE_MS);
    redis.onUnreachable(new Error('later'));
    dependencies.countRejected('commands', 'store_unavailable');
  }
  redis.onReachable();
  expect(logs.lines).toMatchObject([
    { severity: 'INFO', message: 'dependency_up', dependency: 'redis' },
    {
      ...{ severity: 'ERROR', message: 'dependency_down', dependency: 'redis' },
      ...{ cause: refused.message, since: lostAt, effect: expect.stringContaining('No ticket') },
    },
    {
      ...{ severity: 'INFO', message: 'dependency_up', dependency: 'redis', downSeconds: 5 },
      ...{ rejectedRequests: 1, rejectedCommands: 5, closedConnections: 0 },
    },
  ]);
});

it('logs no outage of less than a second, and the first contact either way', () => {
  const { logs, dependencies } = start();
  const nats = dependencies.watch('nats');
  for (let n = 0; n < 3; n += 1) {
    nats.onUnreachable(refused);
    vi.advanceTimersByTime(OUTAGE_MS - 1);
    nats.onReachable();
  }
  expect(logs.lines).toMatchObject([{ message: 'dependency_up', dependency: 'nats' }]);
  expect(vi.getTimerCount()).toBe(0);
});

it('has the keys of issuers up while those of every issuer are, and names the issuer', () => {
  const { logs, dependencies } = start();
  const [one, two] = ['one', 'two'].map((issuer) => dependencies.watch('issuer_keys', issuer));
  one?.onReachable();
  expect(dependencies.isAnyDown()).toBe(false);
  two?.onUnreachable(refused);
  vi.advanceTimersByTime(OUTAGE_MS);
  expect(logs.named('dependency_down')).toMatchObject([{ dependency: 'issuer_keys', issuer: 'two' }]);
  expect(dependencies.states).toEqual([
    { name: 'issuer_keys', up: false, since: Date.now() - OUTAGE_MS, cause: refused.message },
  ]);
  two?.onReachable();
  expect(dependencies.states).toMatchObject([{ up: true, since: Date.now(), cause: null }]);
});

it('is down before the first contact, which explains nothing', () => {
  const { dependencies } = start();
  dependencies.watch('postgres');
  expect(dependencies.states).toMatchObject([{ name: 'postgres', up: false, cause: null }]);
  expect(dependencies.isAnyDown()).toBe(false);
  dependencies.close();
});
