import { beforeEach, describe, expect, it } from 'vitest';
import { oneTicket } from './execute.fixture.ts';
import { revocationSubjectsOf } from './guards.ts';
import {
  confirm,
  consumed,
  issue,
  issued,
  principal,
  release,
  reserve,
  reserved,
  revoke,
  stateAfter,
  T0,
} from './ticket/ticket.fixture.ts';

const held = [issued(), reserved('H', { at: T0 })];
const admitted = [...held, consumed('H', 'C')];

let { store, given, run } = oneTicket();
beforeEach(() => {
  ({ store, given, run } = oneTicket());
});

describe('a revocation', () => {
  const [session = '', user = ''] = revocationSubjectsOf(principal);
  const at = principal.tokenIssuedAt;

  it.each([
    { that: 'of the session stops an issue', marker: session, events: [], command: issue() },
    {
      that: 'of the session stops a reservation',
      marker: session,
      events: [issued()],
      command: reserve('H'),
    },
    { that: 'of the user stops an admission', marker: user, events: held, command: confirm('H', 'C') },
  ])('$that, in the same second even', async ({ marker, events, command }) => {
    given(...events);
    await store.revoke(marker, at);
    expect(await run(command)).toEqual({
      kind: 'rejected',
      reason: 'session_revoked',
      connection: null,
      state: stateAfter(...events),
      now: T0,
    });
    expect(store.appended).toEqual([]);
    expect(store.recorded).toMatchObject([{ data: { reason: 'session_revoked', principal } }]);
  });

  it.each([
    { that: 'of a key stops whatever it signed', subject: 'key:main:key-1', command: reserve('H') },
    { that: 'of all tokens before a time stops them', subject: 'tokens', command: reserve('H') },
    { that: 'of those of the issuer stops them', subject: 'tokens:main', command: confirm('H', 'C') },
  ])('$that', async ({ subject, command }) => {
    given(...(command.type === 'confirm' ? held : [issued()]));
    await store.revoke(subject, at);
    expect(await run(command)).toMatchObject({ kind: 'rejected', reason: 'session_revoked' });
  });

  it('of issuing stops an issue, and nothing else', async () => {
    await store.revoke('issuing', 0);
    expect(await run(issue())).toMatchObject({ kind: 'rejected', reason: 'issuing_paused' });
    given(issued());
    expect(await run(reserve('H'))).toMatchObject({ kind: 'accepted' });
  });

  it('lets a later login pass', async () => {
    await store.revoke(session, at - 1);
    await store.revoke(user, at - 1);
    expect(await run(issue())).toMatchObject({ kind: 'accepted' });
  });

  it('is of the session alone where there is no user', () => {
    expect(revocationSubjectsOf({ ...principal, user: null })).toEqual([session]);
  });

  it.each([
    { command: release('H'), status: 'reserved' },
    { command: revoke(), status: 'revoked' },
  ])('does not stop what grants nothing: $command.type', async ({ command, status }) => {
    given(...held);
    await store.revoke(session, at);
    expect(await run(command)).toMatchObject({ kind: 'accepted', state: { status } });
    expect(store.recorded).toEqual([]);
  });
});

describe('a lost race', () => {
  function loseRaces(count: number): () => number {
    let attempts = 0;
    store.before.append = ({ ticketId }) => {
      attempts += 1;
      if (attempts <= count) store.put(ticketId, stateAfter(issued()));
    };
    return () => attempts;
  }

  it('is run again', async () => {
    given(issued());
    const attempts = loseRaces(9);
    expect(await run(reserve('H'))).toMatchObject({ kind: 'accepted', state: { status: 'reserved' } });
    expect(attempts()).toBe(10);
    expect(store.appended).toHaveLength(1);
  });

  it('ends as overloaded, recorded once, where a ticket is fought over without end', async () => {
    given(issued());
    const attempts = loseRaces(Number.POSITIVE_INFINITY);
    expect(await run(reserve('H'))).toMatchObject({ kind: 'rejected', reason: 'overloaded' });
    expect(attempts()).toBe(10);
    expect(store.appended).toEqual([]);
    expect(store.recorded).toMatchObject([{ data: { reason: 'overloaded' } }]);
  });

  it('is decided on what the winner left', async () => {
    given(...held);
    store.before.append = () => {
      store.before = {};
      store.put('ticket', stateAfter(...admitted));
    };
    expect(await run(confirm('H', 'D'))).toMatchObject({ reason: 'reservation_lost', connection: 'C' });
    expect(store.appended).toEqual([]);
  });

  it('admits one of many who confirm at once', async () => {
    given(...held);
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, n) => run(confirm('H', `connection-${n}`, { id: `command-${n}` }))),
    );
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(store.appended).toHaveLength(1);
    expect(store.recorded).toHaveLength(49);
  });
});
