import { type ControlEntry, type ControlVersion, controlIdOf, newId, sessionSubject } from '@admit-one/core';
import { connect } from '@admit-one/testkit';
import { type ControlEdgeMessage, controlSubjects, jsonMessage } from '@admit-one/ticket-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EdgeFixture, startEdgeFixture } from '../edge.fixture.ts';

const ENDED = { code: 4501, reason: 'SESSION_REVOKED The session was ended. Log in again.' };

let fixture: EdgeFixture;
let version: ControlVersion;
let told: ControlEdgeMessage[];
let missed: ControlEntry[];
let unlistedUntil: number;
/** How often the edge has asked for what it missed. */
let asked: number;

beforeEach(async () => {
  version = { generation: newId(), number: 0 };
  told = [];
  missed = [];
  unlistedUntil = 0;
  asked = 0;
  fixture = await startEdgeFixture();
  const { bus } = fixture;
  bus.messages.subscribe(controlSubjects.edge, ({ body }) =>
    told.push(JSON.parse(Buffer.from(body).toString())),
  );
  await bus.requests.serve(controlSubjects.since, async () => {
    asked += 1;
    return { version, entries: missed, complete: true, more: false, unlistedUntil, now: Date.now() };
  });
  await expect.poll(() => fixture.edge.readiness.controlCopy?.problem()).toBeNull();
});

function entryOf(session: string, given: Partial<ControlEntry> = {}): ControlEntry {
  const subject = sessionSubject('main', session);
  const now = Date.now();
  return {
    ...{
      id: controlIdOf(subject),
      kind: 'session',
      issuer: 'main',
      session,
      user: null,
      value: null,
      subject,
    },
    ...{
      at: Math.ceil(now / 1000),
      changedAt: now,
      until: now + 60_000,
      why: 'test',
      by: 'ann',
      undone: false,
    },
    ...given,
  };
}

/** Says what a ticket-service says of a change. */
function announce(entry: ControlEntry): void {
  const previous = version;
  version = { ...version, number: version.number + 1 };
  const message = { version, change: { previous, entry }, now: Date.now() };
  fixture.bus.messages.publish(jsonMessage(controlSubjects.state, message));
}

async function open(session: string, given: object = {}) {
  const url = await fixture.ticketUrl('/ws', { principal: { session, ...given } });
  return connect(url);
}

describe('an entry at an edge', () => {
  it('closes the connections that it is about, and confirms that with their number', async () => {
    const [session, another] = [newId(), newId()];
    const connections = [await open(session), await open(session)];
    const kept = await open(another);
    const entry = entryOf(session);
    announce(entry);
    for (const { closed } of connections) expect(await closed).toEqual(ENDED);
    await expect.poll(() => told.find(({ closed }) => closed[entry.id] === 2)).toMatchObject({ version });
    kept.socket.send('still here');
    expect(await kept.next()).toBe('still here');
  });

  it('lets the client of a replayed ticket come back with a fresh one', async () => {
    const url = await fixture.ticketUrl('/ws');
    const connection = await connect(url);
    connection.socket.send('admitted');
    await connection.next();
    await expect.poll(() => fixture.events('admit.ticket.consumed')).toHaveLength(1);
    const [consumed] = fixture.events('admit.ticket.consumed');
    const value = String(consumed?.data.connection);
    announce(entryOf('s-1', { kind: 'replay', value, subject: `replay:${value}` }));
    expect(await connection.closed).toEqual({ code: 4401, reason: 'NOT_AUTHORIZED' });
  });

  it('does not close those of a later login', async () => {
    const session = newId();
    const entry = entryOf(session, { at: 1_000 });
    const later = await open(session, { tokenIssuedAt: 1_001 });
    announce(entry);
    await expect.poll(() => told.some(({ closed }) => closed[entry.id] === 0)).toBe(true);
    later.socket.send('still here');
    expect(await later.next()).toBe('still here');
  });

  it('closes a connection whose confirm was granted before it, and registered after', async () => {
    const session = newId();
    const held = fixture.tickets.hold('confirm');
    const opening = open(session);
    await held.reached;
    const entry = entryOf(session);
    announce(entry);
    await expect.poll(() => told.some(({ closed }) => closed[entry.id] === 0)).toBe(true);
    held.letGo();
    expect(await (await opening).closed).toEqual(ENDED);
  });

  it('is asked for where an announcement shows that it was missed', async () => {
    const session = newId();
    const connection = await open(session);
    missed = [entryOf(session)];
    version = { ...version, number: version.number + 7 };
    const repeat = { version, change: null, now: Date.now() };
    fixture.bus.messages.publish(jsonMessage(controlSubjects.state, repeat));
    expect(await connection.closed).toEqual(ENDED);
    await expect.poll(() => told.at(-1)?.version).toEqual(version);
  });

  it('that may have left the list before this edge heard of it ends every connection, for its client to come back', async () => {
    const connection = await open(newId());
    version = { ...version, number: version.number + 1 };
    unlistedUntil = Date.now() - 60_000;
    const repeat = { change: null, now: Date.now() };
    fixture.bus.messages.publish(jsonMessage(controlSubjects.state, { version, ...repeat }));
    await expect.poll(() => told.at(-1)?.version).toEqual(version);
    connection.socket.send('still here');
    expect(await connection.next()).toBe('still here');

    version = { ...version, number: version.number + 1 };
    unlistedUntil = Date.now();
    fixture.bus.messages.publish(jsonMessage(controlSubjects.state, { version, ...repeat }));
    expect(await connection.closed).toMatchObject({ code: 1012 });
  });

  it('ignores a message that is not of its form', async () => {
    const before = asked;
    for (const body of ['', '{', '{"version":1}', '[]'])
      fixture.bus.messages.publish({ ...jsonMessage(controlSubjects.state, {}), body: Buffer.from(body) });
    await fixture.roundTrip();
    expect(asked).toBe(before);
    expect(await fixture.edge.readiness.controlCopy?.problem()).toBeNull();
  });
});
