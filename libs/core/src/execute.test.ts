import { Errors } from 'typebox/schema';
import { beforeEach, describe, expect, it } from 'vitest';
import { userSubject } from './control/control-entry.ts';
import { eventRow } from './events/catalogue.ts';
import { oneTicket } from './execute.fixture.ts';
import { execute, TOMBSTONE_MS } from './execute.ts';
import { StoreError } from './ports/ticket-store.ts';
import type { TicketCommand } from './ticket/commands.ts';
import { LEASE_MS } from './ticket/decide.ts';
import type { TicketEvent } from './ticket/events.ts';
import { handshakeKeyOf, newId } from './ticket/identifiers.ts';
import type { TicketState } from './ticket/state.ts';
import {
  confirm,
  consumed,
  context,
  EXPIRY,
  exchange,
  issue,
  issued,
  principal,
  redeem,
  release,
  released,
  reserve,
  reserved,
  revoke,
  revoked,
  stateAfter,
  T0,
} from './ticket/ticket.fixture.ts';

const LEASE_END = T0 + LEASE_MS;
const held = [issued(), reserved('H', { at: T0 })];
const admitted = [...held, consumed('H', 'C')];
const { traceparent, ...where } = context;
const lastFailure = { code: 1006, reason: 'connection_lost', phase: 'open', attempts: 1 } as const;

let { store, given, run } = oneTicket();
beforeEach(() => {
  ({ store, given, run } = oneTicket());
});

describe('an accepted command', () => {
  it('is one append of its events and the state that follows from them', async () => {
    const outcome = await run(issue());
    const { type, ...facts } = issued();
    const state = stateAfter(issued());
    expect(outcome).toEqual({ kind: 'accepted', state, now: T0 });
    expect(store.appended).toEqual([
      {
        ticketId: 'ticket',
        expectedVersion: null,
        events: [
          {
            type,
            source: 'ticket-service-1',
            subject: 'ticket',
            time: T0,
            traceparent,
            data: { ...facts, pathway: 'ticket', context: where },
          },
        ],
        state,
        retainUntil: EXPIRY + TOMBSTONE_MS,
        guards: [
          { subject: 'session:main:session-1', notSince: principal.tokenIssuedAt },
          { subject: userSubject('main', 'user-1'), notSince: principal.tokenIssuedAt },
        ],
        fences: [
          { subject: 'tokens', notSince: principal.tokenIssuedAt },
          { subject: 'tokens:main', notSince: principal.tokenIssuedAt },
          { subject: 'key:main:key-1', notSince: 0 },
          { subject: 'issuing', notSince: 0 },
        ],
        work: 'new',
      },
    ]);
  });

  it('carries the pathway of a JWT into every event, behind the fences of an issue', async () => {
    await run(exchange('H', { client: 'app/1' }));
    await run(confirm('H', 'C'));
    const [exchanged, confirmed] = store.appended;
    expect(exchanged?.fences.map(({ subject }) => subject)).toEqual([
      ...['tokens', 'tokens:main', 'key:main:key-1', 'issuing'],
    ]);
    expect(exchanged?.guards).toHaveLength(2);
    for (const { data } of [...(exchanged?.events ?? []), ...(confirmed?.events ?? [])])
      expect(data).toMatchObject({ pathway: 'jwt', client: 'app/1', route: 'chat' });
  });

  it('may be several events, still in one append', async () => {
    given(issued());
    await run(redeem('H'));
    expect(store.appended).toHaveLength(1);
    expect(store.appended[0]?.events.map(({ type }) => type)).toEqual([
      'admit.ticket.reserved',
      'admit.ticket.consumed',
    ]);
  });

  it.each([
    { command: issue(), events: [], work: 'new' },
    { command: exchange('H'), events: [], work: 'new' },
    { command: reserve('H'), events: [issued()], work: 'existing' },
    { command: confirm('H', 'C'), events: held, work: 'existing' },
    { command: release('H'), events: held, work: 'release' },
    { command: reserve('G'), events: [...held, released('H', { at: T0 })], work: 'again' },
    { command: redeem('G'), events: [...held, released('H', { at: T0 })], work: 'existing' },
    { command: revoke(), events: [...held, reserved('G', { at: T0, reservation: 2 })], work: 'existing' },
    { command: redeem('H'), events: [issued()], work: 'existing' },
    { command: revoke(), events: [issued()], work: 'existing' },
  ])('is $work work for the outbox: $command.type', async ({ command, events, work }) => {
    given(...events);
    await run(command);
    expect(store.appended).toMatchObject([{ work }]);
  });

  it('is returned again for a late copy of the command', async () => {
    given(issued());
    const giveBack = release('H', { id: 'command-2' });
    for (const command of [reserve('H'), giveBack, reserve('H'), giveBack]) await run(command);
    expect(store.appended.flatMap(({ events }) => events.map(({ type }) => type))).toEqual([
      'admit.ticket.reserved',
      'admit.ticket.released',
      'admit.ticket.reserved',
      'admit.ticket.released',
    ]);
  });

  it('writes nothing where it was carried out before', async () => {
    given(...admitted);
    expect(await run(confirm('H', 'C'))).toMatchObject({ kind: 'accepted', state: { status: 'consumed' } });
    expect([store.appended, store.recorded]).toEqual([[], []]);
  });
});

describe('the events of a command', () => {
  const [H, G] = [handshakeKeyOf(undefined), handshakeKeyOf(undefined)];
  const C = newId();
  const bound = issued({ route: 'chat' });
  const reservedByH = [bound, reserved(H, { at: T0 })];

  it.each([
    { command: issue({ route: 'chat', lastFailure }), events: [] },
    { command: reserve(H), events: [bound] },
    { command: confirm(H, C), events: reservedByH },
    { command: release(H), events: reservedByH },
    { command: redeem(H), events: [bound] },
    { command: revoke(), events: [bound] },
    { command: reserve(G), events: reservedByH },
    { command: reserve(G), events: [] },
    { command: confirm(G, C), events: [...reservedByH, consumed(H, 'another')] },
  ])('are as the catalogue says: $command.type', async ({ command, events }) => {
    given(...events);
    await run(command);
    const written = [...store.appended.flatMap((append) => append.events), ...store.recorded];
    expect(written).not.toEqual([]);
    for (const { type, data } of written) {
      expect(Errors(eventRow(type).data, data)).toEqual([true, []]);
      const isKnown = events.length > 0 || command.type === 'issue';
      expect(data).toMatchObject({ issuedAt: isKnown ? T0 : null, route: isKnown ? 'chat' : null });
    }
  });
});

describe('a ticket is remembered for a tombstone’s time after it can admit nobody', () => {
  it.each([
    { that: 'issued: from its expiry', events: [], command: issue(), at: T0, end: EXPIRY },
    { that: 'reserved: from its expiry', events: [issued()], command: reserve('H'), at: T0, end: EXPIRY },
    {
      that: 'reserved late: from the end of the lease',
      events: [issued()],
      command: reserve('H'),
      at: EXPIRY - 1,
      end: EXPIRY - 1 + LEASE_MS,
    },
    { that: 'released: from its expiry', events: held, command: release('H'), at: T0 + 1, end: EXPIRY },
    {
      that: 'consumed: from the end of the lease',
      events: held,
      command: confirm('H', 'C'),
      at: T0,
      end: LEASE_END,
    },
    {
      that: 'consumed after the lease: from then',
      events: held,
      command: confirm('H', 'C'),
      at: LEASE_END + 7,
      end: LEASE_END + 7,
    },
    {
      that: 'redeemed: from the end of the lease',
      events: [issued()],
      command: redeem('H'),
      at: T0,
      end: LEASE_END,
    },
    { that: 'revoked: from then', events: held, command: revoke(), at: T0 + 1, end: T0 + 1 },
  ])('$that', async ({ events, command, at, end }) => {
    given(...events);
    await run(command, at);
    expect(store.appended).toMatchObject([{ retainUntil: end + TOMBSTONE_MS }]);
  });

  it('which is longer than a lease and its confirm take', () => {
    expect(TOMBSTONE_MS).toBeGreaterThanOrEqual(2 * LEASE_MS);
  });
});

describe('a rejected command', () => {
  it('is recorded, and changes no ticket', async () => {
    given(...admitted);
    expect(await run(reserve('G'))).toEqual({
      kind: 'rejected',
      reason: 'ticket_replayed',
      connection: 'C',
      state: stateAfter(...admitted),
      now: T0,
    });
    expect(store.appended).toEqual([]);
    expect(store.recorded).toEqual([
      {
        type: 'admit.ticket.rejected',
        source: 'ticket-service-1',
        subject: 'ticket',
        time: T0,
        traceparent,
        data: {
          reason: 'ticket_replayed',
          command: 'reserve',
          handshake: 'G',
          connection: 'C',
          earlierPresenter: { address: context.address, agent: context.agent, edge: context.edge },
          principal,
          issuedAt: T0,
          route: null,
          pathway: 'ticket',
          context: where,
          count: 1,
        },
      },
    ]);
  });

  const stranger = { ...context, address: '203.0.113.9', agent: 'curl', edge: 'edge-2' };
  const longAgent = reserved('H', { at: T0, context: { ...context, agent: 'a'.repeat(512) } });
  const first = { address: context.address, agent: context.agent, edge: context.edge };
  it.each([
    ['a ticket in use', [issued(), reserved('H', { at: T0 })], 'ticket_in_use', first],
    ['a replayed ticket', admitted, 'ticket_replayed', first],
    ['a long agent, cut', [issued(), longAgent], 'ticket_in_use', { ...first, agent: 'a'.repeat(100) }],
    ['a revoked ticket', [issued(), revoked()], 'ticket_revoked', null],
    ['an unknown ticket', [], 'ticket_unknown', null],
  ] as const)('names both presenters of %s', async (_, events, reason, earlierPresenter) => {
    given(...events);
    await run(reserve('G', { context: stranger }));
    const { traceparent: _traceparent, ...where } = stranger;
    expect(store.recorded).toMatchObject([{ data: { reason, earlierPresenter, context: where } }]);
  });

  it('names no earlier presenter where the state is of an earlier version', async () => {
    const { ticket } = stateAfter(issued()) as Extract<TicketState, { status: 'issued' }>;
    const reservation = { handshake: 'H', leaseEndsAt: T0 + LEASE_MS };
    store.put('ticket', { status: 'consumed', ticket, reservation, connection: 'C' });
    await run(reserve('G', { context: stranger }));
    expect(store.recorded).toMatchObject([{ data: { reason: 'ticket_replayed', earlierPresenter: null } }]);
  });

  it('tells of no principal where the ticket is unknown', async () => {
    await run(reserve('H'));
    expect(store.recorded).toMatchObject([{ data: { reason: 'ticket_unknown', principal: null } }]);
  });

  it('is recorded once, however often it is sent again', async () => {
    await run(reserve('H'));
    await run(reserve('H'), T0 + 5);
    expect(store.recorded).toHaveLength(1);
  });

  it.each<[string, readonly TicketEvent[], readonly [TicketCommand, TicketCommand]]>([
    ['command', [], [reserve('H'), reserve('H', { id: 'command-2' })]],
    ['handshake', [], [reserve('H'), reserve('G')]],
    ['kind', [], [reserve('H'), redeem('H')]],
    ['connection', admitted, [confirm('H', 'D'), confirm('H', 'E')]],
    ['context', [], [reserve('H'), reserve('H', { context: { ...context, address: '192.0.2.2' } })]],
  ])('is another one where the %s is another', async (_, events, commands) => {
    given(...events);
    for (const command of commands) await run(command);
    expect(store.recorded).toHaveLength(2);
  });

  it('is one with its repeat, also for another reason, and another one on another ticket', async () => {
    await run(reserve('H'));
    given(issued(), revoked());
    await run(reserve('H'));
    await execute('another', reserve('H'), { store, source: 'ticket-service-1' });
    expect(store.recorded.map(({ subject, data }) => [subject, 'reason' in data && data.reason])).toEqual([
      ['ticket', 'ticket_unknown'],
      ['another', 'ticket_unknown'],
    ]);
  });

  it('is remembered beside its ticket', async () => {
    given(...admitted);
    await run(reserve('G'));
    expect(await store.inspect('ticket')).toMatchObject({ lastRejection: 'ticket_replayed' });
    await run(reserve('H', { id: 'command-2' }));
    expect(await store.inspect('ticket')).toMatchObject({ lastRejection: 'ticket_duplicate' });
  });

  it('is remembered where a revocation came before it', async () => {
    given(issued());
    await store.revoke('session:main:session-1', principal.tokenIssuedAt);
    await run(reserve('H'));
    expect(await store.inspect('ticket')).toMatchObject({ lastRejection: 'session_revoked' });
  });

  it('is not remembered past its deadline, nor of an unknown ticket', async () => {
    await run(reserve('H'));
    given(issued());
    await run(reserve('H', { id: 'command-2', deadline: T0 }), T0 + 1);
    expect(await store.inspect('ticket')).toMatchObject({ lastRejection: null });
  });

  it('is not recorded past its deadline: its sender no longer waits and records that itself', async () => {
    given(issued());
    const outcome = await run(reserve('H', { deadline: T0 }), T0 + 1);
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'deadline_exceeded' });
    expect([store.appended, store.recorded]).toEqual([[], []]);
  });
});

describe('a store that fails', () => {
  const failure = new StoreError('unavailable', 'no answer');
  const fail = () => {
    throw failure;
  };

  it.each(['load', 'append', 'record'] as const)('fails the command: %s', async (call) => {
    given(...(call === 'record' ? admitted : [issued()]));
    store.before = { [call]: fail };
    await expect(run(reserve('G'))).rejects.toBe(failure);
    expect([store.appended, store.recorded]).toEqual([[], []]);
  });
});
