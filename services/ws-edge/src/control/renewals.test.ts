import { type ControlEntry, type ControlVersion, newId, type Principal } from '@admit-one/core';
import { connect, eventually } from '@admit-one/testkit';
import {
  controlSubjects,
  jsonMessage,
  type RenewalAnswer,
  type RenewalMessage,
} from '@admit-one/ticket-client';
import { expect, it } from 'vitest';
import { startEdgeFixture } from '../edge.fixture.ts';

const EXPIRED = { code: 4408, reason: 'SESSION_EXPIRED' };
const seconds = () => Math.floor(Date.now() / 1000);

/** An edge that knows a version of the control entries, and ticket-services that ask it. */
async function start(rule: 'token' | number | null) {
  const fixture = await startEdgeFixture({
    expiry: rule === null ? new Map() : new Map([['default', rule]]),
    expiryGraceMs: 200,
  });
  const { bus } = fixture;
  let version: ControlVersion = { generation: newId(), number: 7 };
  const answers: RenewalAnswer[] = [];
  bus.messages.subscribe(controlSubjects.renewed, ({ body }) =>
    answers.push(JSON.parse(Buffer.from(body).toString())),
  );
  await bus.requests.serve(controlSubjects.since, async () => ({
    ...{ version, entries: [], complete: true, more: false, unlistedUntil: 0 },
    now: Date.now(),
  }));
  // The edge has asked at its start, and would ask again after a second.
  bus.messages.publish(jsonMessage(controlSubjects.state, { version, change: null, now: Date.now() }));
  await expect.poll(() => fixture.edge.readiness.controlCopy?.problem()).toBeNull();

  return {
    ...fixture,
    answers,
    async open(given: Partial<Principal> = {}, protocols: string[] = []) {
      const { ticket, ticketId } = await fixture.tickets.issue({ principal: given });
      const connection = await connect(`${fixture.url}/ws?ticket=${ticket}`, { protocols });
      connection.socket.send('admitted');
      expect(await connection.next()).toBe('admitted');
      return { ...connection, ticketId };
    },
    renew(ticketId: string, principal: Partial<Principal> = {}, given: Partial<RenewalMessage> = {}) {
      const message: RenewalMessage = {
        id: newId(),
        ticketId,
        principal: {
          ...{ issuer: 'main', session: 's-1', sessionFrom: 'sid', user: 'u-1' },
          ...{ tokenIssuedAt: seconds(), kid: null, attributes: {} },
          ...principal,
        },
        version,
        traceparent: null,
        ...given,
      };
      bus.messages.publish(jsonMessage(controlSubjects.renew, message));
      return message;
    },
    announce(entry: ControlEntry) {
      const previous = version;
      version = { ...version, number: version.number + 1 };
      const message = { version, change: { previous, entry }, now: Date.now() };
      bus.messages.publish(jsonMessage(controlSubjects.state, message));
    },
    older: () => ({ ...version, number: version.number - 1 }),
    renewals: () => fixture.events('admit.connection.renewed'),
  };
}

it('lets a connection expire with its token, unless it was renewed', async () => {
  const { open, renew, answers, renewals } = await start('token');
  // For two admissions and the renewal.
  const tokenExpiresAt = Date.now() / 1000 + 5;
  const [left, renewed] = [await open({ tokenExpiresAt }), await open({ tokenExpiresAt })];
  const later = seconds() + 60;
  const { id } = renew(renewed.ticketId, { tokenExpiresAt: later });
  await expect.poll(() => answers).toEqual([{ id, outcome: 'renewed', expiresAt: later * 1000 }]);

  expect(await left.closed).toEqual(EXPIRED);
  expect(Date.now()).toBeGreaterThanOrEqual(tokenExpiresAt * 1000 + 200);
  renewed.socket.send('still here');
  expect(await renewed.next()).toBe('still here');
  expect(renewals()).toMatchObject([
    { data: { ticketId: renewed.ticketId, expiresAt: later * 1000, principal: { tokenExpiresAt: later } } },
  ]);
});

it.each([
  ['shorter', -30],
  ['hardly longer', 4],
])('takes no token that is %s, and reports nothing', async (_, difference) => {
  const { open, renew, answers, renewals } = await start('token');
  const tokenExpiresAt = seconds() + 60;
  const { ticketId } = await open({ tokenExpiresAt });
  const { id } = renew(ticketId, { tokenExpiresAt: tokenExpiresAt + difference });
  await expect.poll(() => answers).toEqual([{ id, outcome: 'renewed', expiresAt: tokenExpiresAt * 1000 }]);
  const later = tokenExpiresAt + 600;
  renew(ticketId, { tokenExpiresAt: later });
  await eventually(() => renewals().length > 0, { what: 'the event of a later one' });
  expect(renewals()).toMatchObject([{ data: { expiresAt: later * 1000 } }]);
});

it.each([
  ['another session', { session: 's-2' }],
  ['another user of the session', { user: 'u-2' }],
  ['a session of another issuer', { issuer: 'other' }],
])('is silent for %s', async (_, given) => {
  const { open, renew, answers } = await start('token');
  const { ticketId } = await open({ tokenExpiresAt: seconds() + 60 });
  renew(ticketId, { tokenExpiresAt: seconds() + 600, ...given });
  const { id } = renew(ticketId, { tokenExpiresAt: seconds() + 600 });
  await expect.poll(() => answers.map((answer) => answer.id)).toEqual([id]);
});

it('does not take a token that was compared with older entries than it has applied', async () => {
  const { open, renew, older, answers } = await start('token');
  const { ticketId } = await open({ tokenExpiresAt: seconds() + 60 });
  const { id } = renew(ticketId, { tokenExpiresAt: seconds() + 600 }, { version: older() });
  await expect.poll(() => answers).toEqual([{ id, outcome: 'outdated', expiresAt: null }]);
});

it('closes a connection whose first or last token is revoked', async () => {
  const { open, renew, announce, answers } = await start('token');
  const tokens = { first: { kid: 'old', tokenExpiresAt: seconds() + 60 }, last: { kid: 'new' } };
  const connections = [await open(tokens.first), await open(tokens.first)];
  for (const { ticketId } of connections)
    renew(ticketId, { ...tokens.last, tokenExpiresAt: seconds() + 600 });
  await expect.poll(() => answers).toHaveLength(2);
  const kept = await open({ kid: 'old', tokenExpiresAt: seconds() + 60 });

  announce(keyEntry('new'));
  for (const { closed } of connections) expect(await closed).toMatchObject({ code: 4501 });
  announce(keyEntry('old'));
  expect(await kept.closed).toMatchObject({ code: 4501 });
});

it.each([
  ['with its token', 'token', / [45]\d$/],
  ['after seconds', 20_000, / (19|20)$/],
  ['never', null, /heartbeat$/],
] as const)('answers heartbeats by how long it lives: %s', async (_, rule, expected) => {
  const { open, events } = await start(rule);
  const heartbeat = 'admit.v1.heartbeat';
  const { socket, next, close } = await open({ tokenExpiresAt: seconds() + 60 }, [heartbeat, 'admit.v1']);
  expect(socket.protocol).toBe(heartbeat);
  socket.send(heartbeat);
  expect(await next()).toMatch(expected);
  // The route echoes what is the application's.
  for (const other of [`${heartbeat} 1`, 'hello']) {
    socket.send(other);
    expect(await next()).toBe(other);
  }
  await close();
  await eventually(() => events('admit.connection.closed').length > 0, { what: 'the end' });
  expect(events('admit.connection.closed')[0]?.data).toMatchObject({ messagesIn: 3, messagesOut: 3 });
});

it('passes a heartbeat on to the route of a client that has not agreed on them', async () => {
  const { open } = await start(null);
  const { socket, next } = await open({}, ['admit.v1']);
  socket.send('admit.v1.heartbeat');
  expect(await next()).toBe('admit.v1.heartbeat');
});

function keyEntry(kid: string): ControlEntry {
  const now = Date.now();
  return {
    ...{ id: newId(), kind: 'key', issuer: 'main', session: null, user: null, value: kid },
    ...{ subject: `key:main:${kid}`, at: seconds(), changedAt: now, until: now + 60_000 },
    ...{ why: 'test', by: 'ann', undone: false },
  };
}
