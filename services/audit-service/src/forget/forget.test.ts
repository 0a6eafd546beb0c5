import { type EventType, newId, type StoredEvent } from '@admit-one/core';
import { generateSealSigningKey, publicSealKeyOf, verifyExport } from '@admit-one/seals';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  type Engines,
  eventOf,
  type Fixture,
  publish,
  type Sample,
  startEngines,
  startFixture,
} from '../audit-service.fixture.ts';
import { createPseudonyms } from '../pseudonyms/pseudonyms.ts';

let engines: Engines;
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines?.close());
beforeEach(async () => {
  await engines.sql.query('TRUNCATE seal, seal_key');
  await engines.clear();
});

const FORGET = '/api/v1/audit/forget';
const key = generateSealSigningKey();

/** Values of one user that nothing else has. */
const alice = {
  user: 'alice-4711',
  session: 'session-of-alice',
  address: '198.51.100.77',
  agent: 'Agent of Alice \u{1f511}',
  email: 'alice@example.com',
};
const bob = {
  user: 'bob',
  session: 'session-of-bob',
  address: '203.0.113.9',
  agent: 'Agent/2',
  email: 'bob@example.com',
};

/** Every trace that is looked for, as a text of the database may have it. */
const traces = [...Object.values(alice), 'Agent of', '198.51.100.0'];

function tracesIn(text: string): readonly string[] {
  return traces.filter((trace) => text.includes(trace));
}

function visitOf(who: typeof alice, isBlocked = false): readonly Sample[] {
  const { user, session, address, agent, email } = who;
  const principal = { issuer: 'main', session, user, kid: 'k', attributes: { tenant: 'acme', email } };
  const context = { address, agent, origin: 'https://app.example.com', route: 'chat', edge: 'edge-1' };
  const subject = `ticket-${newId()}`;
  const rejected = { ticketId: subject, principal: null, context, reason: 'origin_blocked', count: 1 };
  return [
    { type: 'admit.ticket.issued', subject, data: { principal, context, binding: { address } } },
    { type: 'admit.ticket.consumed', subject, data: { principal, context, connection: `c-${newId()}` } },
    ...(isBlocked ? [{ type: 'admit.handshake.rejected' as const, subject, data: rejected }] : []),
    {
      type: 'admit.ticket.rejected',
      subject,
      data: {
        principal,
        context,
        earlierPresenter: { address, agent, edge: 'e' },
        reason: 'ticket_replayed',
      },
    },
    entry(who, { until: 1_000 }),
  ];
}

function entry({ session }: typeof alice, { until }: { readonly until: number }): Sample {
  return {
    type: 'admit.session.revoked',
    subject: 'an-entry',
    data: {
      ...{ id: 'an-entry', kind: 'session', issuer: 'main', session, user: null, value: null, until },
      ...{ subject: `session:main:${session}`, at: 0, changedAt: 0, why: 'logged out', by: 'session' },
      undone: false,
    },
  };
}

/** Publishes them and waits until they are stored: those of the store under its own partition key. */
async function store({ bus }: Fixture, samples: readonly Sample[]): Promise<void> {
  const [before] = await engines.sql.query<{ count: number }>('SELECT count(*)::integer AS count FROM event');
  const sequences = { store: 0, instance: 0 };
  const ofStore = `p00.${newId()}`;
  const ofInstance = newId();
  for (const sample of samples) {
    const isOfStore = /^admit\.(ticket|session|control)\./.test(sample.type ?? '');
    const sequence = ++sequences[isOfStore ? 'store' : 'instance'];
    await publish(bus, [eventOf({ ...sample, partitionkey: isOfStore ? ofStore : ofInstance, sequence })]);
  }
  await expect
    .poll(async () => {
      const [now] = await engines.sql.query<{ count: number }>(
        'SELECT count(*)::integer AS count FROM event',
      );
      return (now?.count ?? 0) - (before?.count ?? 0);
    })
    .toBeGreaterThanOrEqual(samples.length);
}

async function start(config: Parameters<typeof startFixture>[1] = {}): Promise<Fixture> {
  const fixture = await startFixture(engines, config);
  onTestFinished(() => fixture.stop());
  return fixture;
}

const sealing = { config: { sealing: { key, everyMs: 200 } } };

/** All events with their salts, as an export has them. */
async function exported({ fetch }: Fixture): Promise<readonly StoredEvent[]> {
  const response = await fetch('/api/v1/audit/events?since=0.0.0', {
    headers: { accept: 'application/x-ndjson' },
  });
  const lines = (await response.text()).trim().split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as StoredEvent);
}

async function verified(fixture: Fixture) {
  const seals = (await engines.auditLog.seals.list(0, 1_000)).map(({ jws }) => jws);
  return verifyExport({ events: await exported(fixture), seals, keys: { keys: [publicSealKeyOf(key)] } });
}

async function untilSealed(fixture: Fixture, type: EventType = 'admit.session.revoked'): Promise<void> {
  const last = (await exported(fixture)).findLast((event) => event.type === type)?.position ?? '';
  await expect.poll(async () => (await engines.auditLog.seals.covering(last)) !== null).toBe(true);
}

/** The whole database, row by row. */
async function dump(): Promise<string> {
  const tables = await engines.sql.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'schema_migration'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => engines.sql.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`)),
  );
  expect(tables.length).toBeGreaterThan(15);
  // Bytes of dead letters are shown in hex.
  return rows
    .flat()
    .map(({ row }) => row)
    .flatMap((row) => [
      row,
      ...(row.match(/\\\\x([0-9a-f]+)/g) ?? []).map((hex) => Buffer.from(hex.slice(3), 'hex').toString()),
    ])
    .join('\n');
}

const REQUEST = { user: alice.user, reason: 'request 17' };

async function forget({ post }: Fixture, more: object = {}) {
  const { status, body } = await post(FORGET, { ...REQUEST, ...more }, 'audit:forget');
  expect(status).toBe(200);
  return body;
}

test('no trace of a forgotten user is left in tables, exports and counts, and every seal is still valid', async () => {
  const fixture = await start(sealing);
  await store(fixture, [...visitOf(alice, true), ...visitOf(bob)]);
  // Operators have searched, something was kept aside, and counts outlive events.
  await fixture.get(`/api/v1/audit/users/${alice.user}`);
  const forged = eventOf({ partitionkey: 'forger', data: { principal: { user: alice.user } } });
  await publish(fixture.bus, [{ ...forged, subject: 'other', data: {} }, forged]);
  await publish(fixture.bus, [{ ...forged, sequence: 'x', partitionkey: 'broken' }]);
  await engines.sql.query(
    `INSERT INTO rollup SELECT dimension, value, minute - interval '1 day', type, reason, events, count FROM rollup`,
  );
  await engines.sql.query(`UPDATE retention SET kept_from = date_trunc('minute', now()) - interval '1 hour'`);
  onTestFinished(async () => void (await engines.sql.query(`UPDATE retention SET kept_from = '-infinity'`)));
  await expect.poll(async () => (await engines.auditLog.keptAside()).deadLetters.length).toBe(1);
  await expect.poll(dump).toContain(`user=${alice.user}`);
  await untilSealed(fixture, 'admit.audit.accessed');
  const before = await dump();
  expect(tracesIn(before)).toEqual(traces);

  const dryRun = await forget(fixture, { dryRun: true });
  expect(dryRun).toEqual({ events: 6, kept: 0, dryRun: true });
  expect(await forget(fixture)).toEqual({ ...dryRun, dryRun: false });
  const after = await dump();
  expect(tracesIn(after)).toEqual([]);
  for (const value of Object.values(bob)) expect(after).toContain(value);
  expect(tracesIn(JSON.stringify(await exported(fixture)))).toEqual([]);
  const counts = await fixture.get('/api/v1/audit/summary?by=agent&from=-3d&interval=1d');
  expect(JSON.stringify(counts.body)).not.toContain('Agent of');

  await untilSealed(fixture, 'admit.audit.forgotten');
  expect(await verified(fixture)).toMatchObject({ problems: [], forgotten: 6 });
  const { events } = (await fixture.get('/api/v1/audit/events?type=admit.audit.forgotten')).body;
  expect(events).toMatchObject([
    { partitionkey: 'audit.log', data: { justification: REQUEST.reason, operator: { from: 'token' } } },
  ]);
  expect(events[0]?.data.events).toHaveLength(6);
  expect(fixture.logs.named('user_forgotten')).toMatchObject([{ eventCount: 6, keptCount: 0 }]);
  // There is nobody of this name any more.
  expect(await forget(fixture)).toMatchObject({ events: 0 });
});

test('what was forgotten does not come back when the event stream is read again', async () => {
  const fixture = await start();
  const visit = visitOf(alice).map((sample, n) =>
    eventOf({ ...sample, time: Date.now(), partitionkey: 'p00.again', sequence: n + 1 }),
  );
  for (const event of visit) await publish(fixture.bus, [event]);
  await expect.poll(async () => (await exported(fixture)).length).toBeGreaterThanOrEqual(visit.length);
  await forget(fixture);
  const late = eventOf({
    partitionkey: 'p00.again',
    sequence: visit.length + 1,
    type: 'admit.ticket.issued',
  });
  for (const event of [...visit, late]) await publish(fixture.bus, [event]);
  await expect.poll(dump).toContain(late.id);
  const after = await dump();
  expect(tracesIn(after)).toEqual([]);
  expect((await engines.auditLog.keptAside()).conflicts).toEqual([]);
});

test('a revocation in force is kept until it has ended, and an event that was sealed without a salt', async () => {
  const fixture = await start();
  const [issued = {}] = visitOf(alice);
  const revoked = entry(alice, { until: Date.now() + 60_000 });
  await store(fixture, [issued, revoked, { ...revoked, data: { ...revoked.data, undone: true } }]);
  expect(await forget(fixture, { dryRun: true })).toMatchObject({ events: 3, kept: 2 });
  const [event] = await exported(fixture);
  const old = { sealedAt: new Date().toISOString(), kid: 'k', leaf: 1, jws: 'j', number: 1 };
  await engines.auditLog.seals.add({ ...old, to: event?.position ?? '' }, {});
  expect(await forget(fixture)).toMatchObject({ events: 3, kept: 3 });
  await engines.sql.query('TRUNCATE seal');
  expect(await forget(fixture)).toMatchObject({ events: 3, kept: 2 });
});

test('a user whose pseudonym is stored is forgotten by their own name, or by their issuer alone', async () => {
  const pseudonyms = { facts: ['user'], key: 'x'.repeat(32) } as const;
  const fixture = await start({ config: { pseudonyms } });
  await store(fixture, visitOf(alice));
  const stored = createPseudonyms(pseudonyms).ofFilter({ facts: { user: { include: [alice.user] } } });
  const [pseudonym = ''] = stored.facts?.user?.include ?? [];
  expect((await dump()).includes(pseudonym)).toBe(true);
  for (const issuer of ['another', 'main\u0000'])
    expect(await forget(fixture, { issuer })).toMatchObject({ events: 0 });
  expect(await forget(fixture, { issuer: 'main' })).toMatchObject({ kept: 0 });
  expect((await dump()).includes(pseudonym)).toBe(false);
});

test('needs the scope audit:forget, and a reason that does not name the user', async () => {
  const { post } = await start();
  const rejected: readonly (readonly [object, string, number, RegExp])[] = [
    [{}, 'audit:read audit:acknowledge', 403, /audit:forget/],
    [{ reason: ' ' }, 'audit:forget', 400, /reason/],
    [{ reason: `of ${alice.user}.` }, 'audit:forget', 400, /names the user/],
    [{ reason: `x${alice.user} ${alice.user.toUpperCase()}` }, 'audit:forget', 400, /names the user/],
    [{ session: 's' }, 'audit:forget', 400, /session/],
  ];
  for (const [more, scope, status, detail] of rejected) {
    const reply = await post(FORGET, { ...REQUEST, ...more }, scope);
    expect(reply).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } });
  }
});
