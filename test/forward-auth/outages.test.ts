import { eventually, missingEngines, startRedis } from '@admit-one/testkit';
import { describe, expect, test } from 'vitest';
import { rejectionOfVisit, startApplication, visit } from './application.fixture.ts';
import { startForwardAuth } from './forward-auth.fixture.ts';

const missing = missingEngines('nginx', 'redis');

describe.skipIf(missing)(`nginx in an outage ${missing ?? ''}`, () => {
  test('of the application says 502, of the ticket-service 503 with Retry-After, and writes no ticket of either', async () => {
    const application = await startApplication();
    const running = await startForwardAuth('websocket.conf', application.server);
    const url = `${running.nginx.url.replace('http:', 'ws:')}/ws`;
    const [good, spent, late] = [await running.issue(), await running.issue(), await running.issue()];
    await visit(`${url}?ticket=${good.ticket}`);
    await application.stop();
    expect((await rejectionOfVisit(visit(`${url}?ticket=${spent.ticket}`))).status).toBe(502);

    await running.stack.stop();
    const rejected = await rejectionOfVisit(visit(`${url}?ticket=${late.ticket}`));
    expect(rejected.status).toBe(503);
    expect(rejected.headers['retry-after']).toBe('1');
    expect(rejected.problem).toMatchObject({ code: 'UNAVAILABLE', status: 503 });
    await running.stop();
  });

  test('of Redis says what the ticket-service does: 503, Retry-After and the reason; then all is well again', async () => {
    const redis = await startRedis();
    const application = await startApplication();
    const running = await startForwardAuth('websocket.conf', application.server, {
      REDIS_URL: redis.url,
      // Shorter than nginx waits.
      REDIS_COMMAND_TIMEOUT_MS: '1000',
    });
    const url = `${running.nginx.url.replace('http:', 'ws:')}/ws`;
    const isReady = async () => (await fetch(`${running.stack.tickets}/readyz`)).ok;
    await eventually(isReady, { what: 'the ticket-service to be ready' });
    const { ticket } = await running.issue();
    await redis.pause();
    const rejected = await rejectionOfVisit(visit(`${url}?ticket=${ticket}`));
    await redis.resume();
    expect(rejected.status).toBe(503);
    expect(rejected.headers).toMatchObject({ 'retry-after': '1', 'x-admit-reason': 'REDIS_UNAVAILABLE' });
    expect(rejected.problem).toMatchObject({ code: 'REDIS_UNAVAILABLE', traceId: expect.any(String) });
    expect(application.upgrades).toBe(0);

    await eventually(isReady, { what: 'Redis to be back' });
    const fresh = await running.issue();
    await visit(`${url}?ticket=${fresh.ticket}`);
    await running.stop();
    await application.stop();
    await redis.stop();
  });
});
