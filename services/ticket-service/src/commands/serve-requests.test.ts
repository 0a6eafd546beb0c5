import { type CommandContext, handshakeKeyOf, newId, newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { type TicketReply, ticketSubjects } from '@admit-one/ticket-client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IssuedTicket } from '../issue/issue-ticket.ts';
import { type Fixture, startFixture } from '../ticket-service.fixture.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});

afterEach(() => fixture.stop());

const context: CommandContext = {
  address: '192.0.2.1',
  origin: null,
  agent: null,
  route: null,
  carrier: 'subprotocol',
  edge: 'edge-1',
  traceparent: null,
};

type Command = Exclude<keyof typeof ticketSubjects, 'time'>;

/** A handshake with a new ticket, as an edge carries it over the bus. */
async function handshake() {
  const { ticket, ticketId } = (await (
    await fixture.ask(await fixture.provider.token())
  ).json()) as IssuedTicket;
  const proof = proofOf(ticket);
  const common = { handshake: handshakeKeyOf(newId()), context };
  return {
    ticket,
    ticketId,
    proof,
    send: (command: Command, more: object = {}) =>
      request(command, {
        command: newId(),
        deadline: Date.now() + 5_000,
        proof,
        ticketId,
        ...common,
        ...more,
      }),
  };
}

function request(subject: keyof typeof ticketSubjects, body: unknown): Promise<TicketReply> {
  return fixture.bus.requests.request(ticketSubjects[subject], body, 2_000) as Promise<TicketReply>;
}

function storyOf(ticketId: string): string[] {
  return fixture.events.filter(({ subject }) => subject === ticketId).map(({ type }) => type);
}

const principal = { session: 'test-session', user: 'test-user' };
const accepted = { kind: 'accepted', now: expect.any(Number), principal };
const instance = expect.any(String);
const rejected = (reason: string) => ({
  ...{ kind: 'rejected', now: expect.any(Number), reason, recorded: true },
  instance,
});
const failed = (reason: string) => ({ kind: 'rejected', now: null, reason, recorded: false, instance });

describe('requests on the bus', () => {
  test('reserve and confirm admit one connection, and the audit log tells it', async () => {
    const { ticketId, send } = await handshake();
    expect(await send('reserve')).toMatchObject(accepted);
    const confirmed = await send('confirm', { connection: 'c1' });
    expect(confirmed).toMatchObject({ kind: 'accepted', principal: null });
    expect(await send('confirm', { connection: 'c2' })).toEqual(rejected('reservation_lost'));
    expect(await send('reserve', { handshake: handshakeKeyOf('other') })).toEqual(
      rejected('ticket_replayed'),
    );
    await eventually(
      () =>
        expect(storyOf(ticketId).sort()).toEqual([
          'admit.ticket.consumed',
          'admit.ticket.issued',
          'admit.ticket.rejected',
          'admit.ticket.rejected',
          'admit.ticket.reserved',
        ]),
      { what: 'the events of the ticket' },
    );
  });

  test('release gives the ticket back', async () => {
    const { send } = await handshake();
    await send('reserve');
    const other = { handshake: handshakeKeyOf('other') };
    expect(await send('reserve', other)).toEqual(rejected('ticket_in_use'));
    expect(await send('release', { why: 'client_gone' })).toMatchObject({
      kind: 'accepted',
      principal: null,
    });
    expect(await send('reserve', other)).toMatchObject(accepted);
  });

  test('release of what is unknown is accepted, for nobody', async () => {
    const { send } = await handshake();
    const ticketId = ticketIdOf(proofOf(newTicket()));
    expect(await send('release', { ticketId, why: 'draining' })).toMatchObject({
      kind: 'accepted',
      principal: null,
    });
  });

  test('redeem admits in one step, once per handshake', async () => {
    const { send } = await handshake();
    expect(await send('redeem')).toMatchObject(accepted);
    expect(await send('redeem')).toMatchObject(accepted);
    expect(await send('redeem', { handshake: handshakeKeyOf('other') })).toEqual(rejected('ticket_replayed'));
  });

  test('a ticket is found by its proof only', async () => {
    const { send, ticketId } = await handshake();
    expect(await send('reserve', { proof: ticketId })).toEqual(rejected('ticket_unknown'));
  });

  test('what is past its deadline is rejected, and left to its sender to record', async () => {
    const { send } = await handshake();
    expect(await send('reserve', { deadline: Date.now() - 1_000 })).toEqual({
      ...rejected('deadline_exceeded'),
      recorded: false,
    });
  });

  test('an instance answers on subjects of its own too, and its replies name it', async () => {
    const { instance } = fixture;
    expect(await request('time', {})).toMatchObject({ instance });
    for (const subject of Object.values(ticketSubjects))
      expect(await fixture.bus.requests.request(`${subject}-${instance}`, {}, 2_000)).toMatchObject({
        instance,
      });
  });

  test('time is the store’s', async () => {
    const { now } = (await request('time', {})) as unknown as { now: number };
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
  });

  test('members that the protocol does not know stay out of the audit log', async () => {
    const { send, ticketId } = await handshake();
    await send('reserve', { context: { ...context, surplus: 'smuggled' }, surplus: 'smuggled' });
    await eventually(() => expect(storyOf(ticketId)).toContain('admit.ticket.reserved'), {
      what: 'the reservation',
    });
    expect(JSON.stringify(fixture.events)).not.toContain('smuggled');
  });

  test.each<[string, object]>([
    ['no proof', { proof: undefined }],
    ['a ticket in place of the proof', { proof: newTicket() }],
    ['a proof in a list', { proof: [handshakeKeyOf('x')] }],
    ['a handshake that is no digest', { handshake: 'x' }],
    ['a command id with a dot', { command: 'a.b' }],
    ['a deadline that is no number', { deadline: 'soon' }],
    ['no context', { context: null }],
    ['a context that is too long', { context: { ...context, agent: 'x'.repeat(513) } }],
  ])('a reserve with %s fails as malformed, and is logged', async (_, request) => {
    const { send, proof } = await handshake();
    expect(await send('reserve', request)).toEqual(failed('request_invalid'));
    expect(fixture.logs.named('command_failed')).toMatchObject([
      { reason: 'request_invalid', command: 'reserve' },
    ]);
    expect(fixture.logs.text).not.toContain(proof);
  });

  test.each([null, 'text', 7, [], {}])('the body %j fails every command as malformed', async (body) => {
    for (const command of ['reserve', 'confirm', 'release', 'redeem'] as const)
      expect(await request(command, body)).toEqual(failed('request_invalid'));
  });

  test('a bug fails commands as internal, with its stack in the log', async () => {
    const { send } = await handshake();
    vi.spyOn(fixture.store, 'append').mockRejectedValueOnce(new TypeError('a bug'));
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traced = { ...context, traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    expect(await send('reserve', { context: traced })).toEqual(failed('internal'));
    expect(fixture.logs.named('command_failed')).toMatchObject([
      { reason: 'internal', traceId, err: { type: 'TypeError', stack: expect.stringContaining('a bug') } },
    ]);
  });

  test('more commands at once than are allowed are told OVERLOADED, until there is room again', async () => {
    const { send, proof } = await handshake();
    const { load, append } = fixture.store;
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    vi.spyOn(fixture.store, 'load').mockImplementation((id) => held.then(() => load(id)));
    vi.spyOn(fixture.store, 'append').mockImplementation((change) => held.then(() => append(change)));
    const first = Array.from({ length: 1_000 }, () => send('reserve'));
    expect(await send('reserve')).toEqual(failed('overloaded'));
    expect(await fixture.metrics()).toMatch(
      /admit_commands_total\{.*command="reserve",outcome="failed",reason="overloaded".*\} 1/,
    );
    goOn();
    const outcomes = (await Promise.all(first)).map(({ kind }) => kind);
    expect(new Set(outcomes)).toEqual(new Set(['accepted']));
    expect(await send('reserve')).toMatchObject(accepted);
    expect(fixture.logs.text).not.toContain(proof);
  });

  test('300 reserves of one ticket at once leave one holder', async () => {
    const { send } = await handshake();
    const replies = await Promise.all(
      Array.from({ length: 300 }, () => send('reserve', { handshake: handshakeKeyOf(newId()) })),
    );
    expect(replies.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(replies.filter(({ kind }) => kind === 'rejected')).toHaveLength(299);
  });
});
