import { handshakeKeyOf, newId, publicCodes } from '@admit-one/core';
import type { ReadinessReport } from '@admit-one/runtime';
import { eventually } from '@admit-one/testkit';
import { ticketSubjects } from '@admit-one/ticket-client';
import { expect, test } from 'vitest';
import { startFixture } from './ticket-service.fixture.ts';

test('a store that is down means 503 REDIS_UNAVAILABLE, told as CRITICAL and in the audit log', async () => {
  const fixture = await startFixture();
  const token = await fixture.provider.token();
  await fixture.store.close();

  const response = await fixture.ask(token);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    code: 'REDIS_UNAVAILABLE',
    detail: publicCodes.REDIS_UNAVAILABLE,
  });
  const rejected = fixture.logs.named('issuance_rejected');
  expect(rejected).toMatchObject([{ severity: 'CRITICAL', reason: 'store_unavailable' }]);
  expect(fixture.logs.named('http_request_failed')).toEqual([]);
  await eventually(
    () =>
      expect(fixture.events.find(({ type }) => type === 'admit.issuance.rejected')?.data).toMatchObject({
        reason: 'store_unavailable',
        principal: { session: 'test-session' },
      }),
    { what: 'the event of the rejection' },
  );
  expect(await readinessOf(fixture.url)).toMatchObject({ store: 'failed', bus: 'ok' });
  await expect(fixture.stop()).rejects.toThrow(/relay/);
});

test('a full outbox means 503 OVERLOADED', async () => {
  const fixture = await startFixture({ softBound: 1, maxStreamBytes: 1 });
  const token = await fixture.provider.token();
  const problem = await eventually(
    async () => {
      const response = await fixture.ask(token);
      expect(response.status).toBe(503);
      return response.json();
    },
    { what: 'a full outbox' },
  );
  expect(problem).toMatchObject({ code: 'OVERLOADED' });
  expect(fixture.logs.named('issuance_rejected')).toMatchObject([{ reason: 'outbox_full' }]);
  await expect(fixture.stop()).rejects.toThrow(/relay/);
});

test('a store that is down fails the commands on the bus', async () => {
  const fixture = await startFixture();
  await fixture.store.close();
  const context = { address: null, origin: null, agent: null, route: null, carrier: null };
  const reply = await fixture.bus.requests.request(
    ticketSubjects.reserve,
    {
      command: newId(),
      handshake: handshakeKeyOf('x'),
      proof: handshakeKeyOf('y'),
      deadline: Date.now() + 5_000,
      context: { ...context, edge: null, traceparent: null },
    },
    2_000,
  );
  expect(reply).toMatchObject({
    kind: 'rejected',
    now: null,
    reason: 'store_unavailable',
    recorded: false,
  });
  expect(fixture.logs.named('command_failed')).toMatchObject([
    { severity: 'CRITICAL', reason: 'store_unavailable', command: 'reserve' },
  ]);
  await expect(fixture.stop()).rejects.toThrow(/relay/);
});

test('an issuer that is down means 503 ISSUER_UNAVAILABLE', async () => {
  const fixture = await startFixture({ fetchesKeys: true });
  fixture.provider.behave('down');
  const response = await fixture.ask(await fixture.provider.token());
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
  expect(await fixture.metrics()).toMatch(/^admit_issuer_keys_reachable\{.*issuer="main".*\} 0$/m);
  fixture.provider.behave('up');
  await eventually(async () => expect((await fixture.ask(await fixture.provider.token())).status).toBe(200), {
    what: 'keys of the issuer',
  });
  expect(await fixture.metrics()).toMatch(/^admit_issuer_keys_reachable\{.*issuer="main".*\} 1$/m);
  await fixture.stop();
});

test('a bus that is gone shows in the readiness', async () => {
  const fixture = await startFixture();
  const good = { store: 'ok', control: 'ok', bus: 'ok', outboxRoom: 'ok', relay: 'ok' };
  expect(await readinessOf(fixture.url)).toEqual(good);
  await fixture.bus.close();
  expect(await readinessOf(fixture.url)).toEqual({ ...good, bus: 'failed' });
  await expect(fixture.stop()).rejects.toThrow(/relay|reporter/);
});

async function readinessOf(url: string): Promise<unknown> {
  const { checks } = (await (await fetch(`${url}/readyz`)).json()) as ReadinessReport;
  return Object.fromEntries(Object.entries(checks).map(([name, { status }]) => [name, status]));
}
