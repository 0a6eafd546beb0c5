import { newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  type Engines,
  eventOf,
  type Fixture,
  type FixtureOptions,
  publish,
  startEngines,
  startFixture,
} from '../audit-service.fixture.ts';

let engines: Engines;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines?.close());

async function start(config: FixtureOptions['config'] = {}): Promise<Fixture> {
  await engines.clear();
  const fixture = await startFixture(engines, { config });
  onTestFinished(() => fixture.stop());
  return fixture;
}

async function accesses() {
  const filter = { facts: { type: { include: ['admit.audit.accessed'] } } };
  const { events } = await engines.auditLog.query(filter, { limit: 100, order: 'asc' });
  return events.map(({ data }) => data);
}

test('each operator has a rate, and is told when to try again', async () => {
  const { get } = await start({ requestsPerMinute: 2 });
  const ask = async (sub: string) => {
    const token = await engines.provider.token({ scope: 'audit:read', sub });
    const { status, headers, body } = await get('/api/v1/audit/events', token);
    return { status, retryAfter: Number(headers['retry-after'] ?? 0), code: body.code };
  };
  for (const status of [200, 200]) expect(await ask('ann')).toMatchObject({ status });
  const limited = await ask('ann');
  expect(limited).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
  expect(limited.retryAfter).toBeGreaterThan(0);
  expect(limited.retryAfter).toBeLessThanOrEqual(60);
  expect(await ask('bob')).toMatchObject({ status: 200 });
});

test('a request without a token does not use the rate of an operator up', async () => {
  const { get } = await start({ requestsPerMinute: 1 });
  for (let n = 0; n < 3; n += 1) expect((await get('/api/v1/audit/events', null)).status).toBe(401);
  expect((await get('/api/v1/audit/events')).status).toBe(200);
});

test('stories and lookups are recorded, without the ticket', async () => {
  const fixture = await start();
  const ticket = newTicket();
  const subject = ticketIdOf(proofOf(ticket));
  await publish(fixture.bus, [eventOf({ type: 'admit.ticket.issued', partitionkey: 'p00.epoch', subject })]);
  await expect.poll(async () => (await fixture.get('/api/v1/audit/events?q=admit')).status).toBe(200);
  await fixture.get(`/api/v1/audit/tickets/${subject.slice(0, 10)}`);
  await fixture.get('/api/v1/audit/users/ann');
  await fixture.post('/api/v1/audit/lookup', { ticket });
  await expect.poll(accesses).toMatchObject([
    { access: 'story', query: `ticket=${subject.slice(0, 10)}` },
    { access: 'story', query: 'user=ann', eventCount: 0, complete: true },
    { access: 'lookup', query: `ticket=${subject}`, operator: { subject: 'test-user' } },
  ]);
  expect(JSON.stringify(await accesses())).not.toContain(ticket);
});

test('values are stored as pseudonyms, and found by value', async () => {
  const fixture = await start({
    pseudonyms: { facts: ['address', 'agent', 'user'], key: 'k'.repeat(32) },
  });
  const event = eventOf({
    type: 'admit.handshake.rejected',
    data: {
      reason: 'origin_blocked',
      principal: { issuer: 'main', session: 's1', user: 'ann' },
      context: { address: '203.0.113.7', agent: 'curl/8', origin: 'https://new.example' },
    },
  });
  await publish(fixture.bus, [event]);
  const find = async (query: string) =>
    (await fixture.get(`/api/v1/audit/events?reason=origin_blocked&${query}`)).body.events.map(
      ({ id }) => id,
    );
  await expect.poll(() => find('')).toEqual([event.id]);

  for (const query of ['user=ann', 'q=ann', 'agent=curl/8', 'address=203.0.113.7', 'address=203.0.113.0/24'])
    expect([query, await find(query)]).toEqual([query, [event.id]]);
  for (const query of ['user=bob', 'user!=ann', 'address=203.0.114.0/24'])
    expect([query, await find(query)]).toEqual([query, []]);
  expect((await fixture.get('/api/v1/audit/users/ann')).body.events).toHaveLength(1);

  const { status, body } = await fixture.get('/api/v1/audit/events?address=203.0.0.0/16');
  expect([status, body.detail]).toEqual([400, expect.stringContaining('a /24 of IPv4 or a /64 of IPv6')]);
  const stored = await engines.sql.query('SELECT event::text AS event FROM event');
  for (const value of ['ann', '203.0.113', 'curl']) expect(JSON.stringify(stored)).not.toContain(value);
});
