import { createStoreClock, newId, newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { nowhere } from '@admit-one/testkit';
import { type TicketReply, ticketSubjects } from '@admit-one/ticket-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Fixture, startFixture } from '../ticket-service.fixture.ts';
import { closeOnReplay } from './close-on-replay.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture({ config: { closesOnReplay: true } });
});

afterAll(() => fixture.stop());

const handshake = () => ticketIdOf(proofOf(newTicket()));

async function request(name: 'reserve' | 'confirm' | 'redeem', members: object): Promise<TicketReply> {
  const common = { command: newId(), context: nowhere, deadline: Date.now() + 2_000 };
  return (await fixture.bus.requests.request(
    ticketSubjects[name],
    { ...common, ...members },
    2_000,
  )) as TicketReply;
}

/** Presents a new ticket of a session until it is used, then once more. Returns what it has admitted. */
async function replay(sessionId: string, use: 'connection' | 'redeem'): Promise<string> {
  const response = await fixture.ask(await fixture.provider.token({ sessionId }));
  const { ticket, ticketId } = (await response.json()) as { ticket: string; ticketId: string };
  const proof = proofOf(ticket);
  const [first, second, connection] = [handshake(), handshake(), newId()];
  if (use === 'connection') {
    await request('reserve', { proof, handshake: first });
    await request('confirm', { ticketId, handshake: first, connection });
  } else await request('redeem', { proof, handshake: first });
  for (let times = 0; times < 2; times += 1)
    expect(await request('reserve', { proof, handshake: second })).toMatchObject({
      reason: 'ticket_replayed',
    });
  return connection;
}

/** The connections that were closed for a session, by the events of it. */
function closedOf(session: string) {
  return fixture.events
    .filter(({ type, data }) => type === 'admit.control.changed' && data.session === session)
    .map(({ data: { kind, value, by } }) => ({ kind, value, by }));
}

describe('a ticket that is presented again', () => {
  it('closes its connection once, and those of one session up to three times', async () => {
    const session = newId();
    const connections: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      connections.push(await replay(session, 'connection'));
      const expected = connections.slice(0, 3).map((value) => ({ kind: 'replay', value, by: 'ON_REPLAY' }));
      await expect.poll(() => closedOf(session)).toEqual(expected);
    }

    const another = newId();
    const value = await replay(another, 'connection');
    await expect.poll(() => closedOf(another)).toMatchObject([{ value }]);
    expect(closedOf(session)).toHaveLength(3);
  });

  it('closes nothing where it was redeemed: there is no connection', async () => {
    const [redeemed, connected] = [newId(), newId()];
    await replay(redeemed, 'redeem');
    await replay(connected, 'connection');
    await expect.poll(() => closedOf(connected)).toHaveLength(1);
    expect(closedOf(redeemed)).toEqual([]);
  });

  it('has at most sixteen closes under way', async () => {
    const carryOut = vi.fn(() => new Promise<never>(() => {}));
    let ticket = 0;
    const replayed = async () => {
      ticket += 1;
      const principal = { issuer: 'main', session: `session ${ticket}` };
      const reservation = { handshake: 'handshake' };
      const state = {
        status: 'consumed',
        connection: `connection ${ticket}`,
        reservation,
        ticket: { principal },
      };
      return { kind: 'rejected', reason: 'ticket_replayed', state };
    };
    const commands = closeOnReplay({ run: replayed } as never, {
      actions: { carryOut, list: () => [] },
      clock: createStoreClock(),
      onError: (error) => expect.unreachable(String(error)),
    });
    for (let n = 0; n < 20; n += 1) await commands.run(`ticket ${n}`, { context: nowhere } as never);
    expect(carryOut).toHaveBeenCalledTimes(16);
  });
});
