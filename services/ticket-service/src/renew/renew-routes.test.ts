import {
  type ControlEntry,
  changeControl,
  controlIdOf,
  createControlCopy,
  type NewEvent,
  newId,
  newTicket,
  proofOf,
  sessionSubject,
  ticketIdOf,
} from '@admit-one/core';
import { addEntry, entryAbout } from '@admit-one/port-contracts';
import {
  controlSubjects,
  jsonMessage,
  type RenewalAnswer,
  type RenewalMessage,
} from '@admit-one/ticket-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fixture, startFixture } from '../ticket-service.fixture.ts';

let fixture: Fixture;
/** What edges were asked. */
let asked: RenewalMessage[];
/** The same without repeats: until the answer is there, an edge is asked again. */
const questions = () => [...new Map(asked.map((message) => [message.id, message])).values()];
/** How the edge with the connection answers. */
let answer: (message: RenewalMessage) => Omit<RenewalAnswer, 'id'> | undefined;

const ticketId = ticketIdOf(proofOf(newTicket()));
const EXPIRES_AT = 1_900_000_000_500;

beforeAll(async () => {
  fixture = await startFixture();
  const { messages } = fixture.bus;
  messages.subscribe(controlSubjects.renew, ({ body }) => {
    const message: RenewalMessage = JSON.parse(Buffer.from(body).toString());
    asked.push(message);
    const given = answer(message);
    if (given) messages.publish(jsonMessage(controlSubjects.renewed, { id: message.id, ...given }));
  });
});

afterAll(() => fixture.stop());

beforeEach(() => {
  asked = [];
  answer = () => ({ outcome: 'renewed', expiresAt: EXPIRES_AT });
});

async function renew(token: string, body: object = { ticketId }) {
  const response = await fetch(`${fixture.url}/api/websocket/renew`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.headers.get('cache-control')).toBe('no-store');
  return { status: response.status, ...((await response.json()) as object) };
}

/** Ends a session by its own log-out. */
function logOut(token: string): Promise<Response> {
  return fetch(`${fixture.url}/api/v1/auth/logout`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
}

describe('a renewal', () => {
  it('asks the edges with who the fresh token is for, and answers when the connection expires', async () => {
    const [sessionId, sub] = [newId(), newId()];
    const token = await fixture.provider.token({ sessionId, sub });
    expect(await renew(token)).toEqual({ status: 200, expires_at: 1_900_000_000 });
    const inFiveMinutes = Math.floor(Date.now() / 1000) + 300;
    expect(questions()).toMatchObject([
      { ticketId, principal: { issuer: 'main', session: sessionId, user: sub } },
    ]);
    expect(Math.abs((asked[0]?.principal.tokenExpiresAt ?? 0) - inFiveMinutes)).toBeLessThan(5);
  });

  it('of a connection that does not expire says so', async () => {
    answer = () => ({ outcome: 'renewed', expiresAt: null });
    expect(await renew(await fixture.provider.token())).toEqual({ status: 200, expires_at: null });
  });

  it('is asked for again where a message is lost', async () => {
    answer = () => (asked.length < 2 ? undefined : { outcome: 'renewed', expiresAt: EXPIRES_AT });
    expect(await renew(await fixture.provider.token())).toMatchObject({ status: 200 });
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  });

  it('that no edge answers finds nothing', async () => {
    answer = () => undefined;
    expect(await renew(await fixture.provider.token())).toMatchObject({
      status: 404,
      code: 'INVALID_REQUEST',
    });
  });

  it('compares the token again where an edge knows later entries', async () => {
    answer = ({ id }) =>
      id === asked[0]?.id
        ? { outcome: 'outdated', expiresAt: null }
        : { outcome: 'renewed', expiresAt: EXPIRES_AT };
    expect(await renew(await fixture.provider.token())).toMatchObject({ status: 200 });
    expect(questions()).toHaveLength(2);
  });

  it('of a revoked session is rejected before any edge is asked', async () => {
    const token = await fixture.provider.token({ sessionId: newId() });
    expect((await logOut(token)).status).toBe(200);
    expect(await renew(token)).toMatchObject({ status: 401, code: 'SESSION_REVOKED' });
    expect(asked).toEqual([]);
  });

  it('says no more of a revoked ticket of others than of an unknown one', async () => {
    answer = () => undefined;
    await fixture.decide('POST', 'revocations', { ticket: ticketId });
    const token = await fixture.provider.token({ sessionId: newId(), sub: newId() });
    expect(await renew(token)).toMatchObject({ status: 404, code: 'INVALID_REQUEST' });
  });

  it('of a session that was logged out so long ago that this left the list is rejected', async () => {
    const session = newId();
    const token = await fixture.provider.token({ sessionId: session });
    const subject = sessionSubject('main', session);
    const at = Math.ceil(Date.now() / 1000);
    await addEntry(fixture.control, entryAbout(subject, { session, at, by: 'session', changedAt: 1 }));
    await addEntry(fixture.control, entryAbout('session:main:x', { by: 'session', changedAt: 2 }));
    const { entries } = await fixture.control.changes(null);
    expect(entries.map((entry) => entry.subject)).not.toContain(subject);
    expect(await renew(token)).toMatchObject({ status: 401, code: 'SESSION_REVOKED' });
    expect((await logOut(token)).status).toBe(401);
  });

  it('of a session that was revoked by another instance is rejected, though none has told of that', async () => {
    const sessionId = newId();
    const token = await fixture.provider.token({ sessionId });
    const copy = createControlCopy();
    const now = Date.now();
    const subject = sessionSubject('main', sessionId);
    const entry: ControlEntry = {
      ...{ id: controlIdOf(subject), kind: 'session', issuer: 'main', session: sessionId, user: null },
      ...{ value: null, subject, at: Math.ceil(now / 1000), changedAt: now, until: now + 60_000 },
      ...{ why: 'test', by: 'ann', undone: false },
    };
    const event = (data: ControlEntry): NewEvent => ({
      ...{ type: 'admit.session.revoked', source: 'another', subject: data.id, time: now },
      ...{ traceparent: null, data },
    });
    await changeControl(fixture.control, copy, () => entry, event);
    expect(await renew(token)).toMatchObject({ status: 401, code: 'SESSION_REVOKED' });
  });

  it.each([
    ['no ticket id', {}],
    ['a ticket in its place', { ticketId: '0123456789abcdef0123456789abcdef' }],
    ['a member that there is not', { ticketId, connection: 'c-1' }],
  ])('with %s is rejected', async (_, body) => {
    expect(await renew(await fixture.provider.token(), body)).toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
    });
  });

  it('with a bad token is rejected', async () => {
    expect(await renew('bad')).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
  });
});
