import { createStoreClock, handshakeKeyOf, StoreError } from '@admit-one/core';
import { createLogger, createTelemetry } from '@admit-one/runtime';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCommands } from '../commands.ts';
import type { IssuedTicket } from '../issue-ticket.ts';
import { type Fixture, startFixture } from '../ticket-service.fixture.ts';
import { createRedeem } from './redeem.ts';

const context = {
  address: null,
  origin: null,
  agent: null,
  route: null,
  carrier: null,
  edge: null,
  traceparent: null,
};

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

async function issue(): Promise<IssuedTicket> {
  return (await (await fixture.ask(await fixture.provider.token())).json()) as IssuedTicket;
}

function verify(ticket: string): Promise<Response> {
  return fetch(`${fixture.verifyUrl}/verify`, { headers: { 'x-forwarded-uri': `/ws?ticket=${ticket}` } });
}

async function rejections(ticketId: string): Promise<unknown[]> {
  return vi.waitFor(() => {
    const found = fixture.events.filter(
      ({ type, subject }) => subject === ticketId && type.endsWith('.rejected'),
    );
    expect(found).not.toEqual([]);
    return found.map(({ type, data }) => [type, data.reason]);
  });
}

test('a store that loses the reply of an append is asked again, and the ticket is good', async () => {
  const { ticket, ticketId } = await issue();
  const append = fixture.store.append.bind(fixture.store);
  vi.spyOn(fixture.store, 'append').mockImplementationOnce(async (write) => {
    await append(write);
    throw new StoreError('unavailable', 'the reply was lost');
  });
  expect((await verify(ticket)).status).toBe(200);
  await vi.waitFor(() =>
    expect(fixture.events.filter(({ subject }) => subject === ticketId).map(({ type }) => type)).toEqual([
      'admit.ticket.issued',
      'admit.ticket.reserved',
      'admit.ticket.consumed',
    ]),
  );
});

test('a store that stays away is 503 with Retry-After, in the trail once, and the ticket stays good', async () => {
  const { ticket, ticketId } = await issue();
  const away = vi.spyOn(fixture.store, 'load').mockRejectedValue(new StoreError('unavailable', 'away'));
  const response = await verify(ticket);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await response.json()).toMatchObject({ status: 503, code: 'REDIS_UNAVAILABLE' });
  expect(away).toHaveBeenCalledTimes(2);
  expect(await rejections(ticketId)).toEqual([['admit.handshake.rejected', 'store_unavailable']]);
  away.mockRestore();
  expect((await verify(ticket)).status).toBe(200);
});

test('a full outbox is OVERLOADED, and is not asked again', async () => {
  const { ticket, ticketId } = await issue();
  const full = vi.spyOn(fixture.store, 'load').mockRejectedValue(new StoreError('outbox_full', 'full'));
  expect(await (await verify(ticket)).json()).toMatchObject({ status: 503, code: 'OVERLOADED' });
  expect(full).toHaveBeenCalledTimes(1);
  expect(await rejections(ticketId)).toEqual([['admit.handshake.rejected', 'outbox_full']]);
});

test('a bug is INTERNAL, with its stack in the log', async () => {
  const { ticket } = await issue();
  vi.spyOn(fixture.store, 'load').mockRejectedValueOnce(new TypeError('a bug'));
  expect(await (await verify(ticket)).json()).toMatchObject({ status: 500, code: 'INTERNAL' });
  expect(fixture.logs.named('command_failed')).toMatchObject([
    { reason: 'internal', command: 'redeem', err: { stack: expect.stringContaining('a bug') } },
  ]);
});

test('more at once than are allowed are OVERLOADED, until there is room again', async () => {
  const store = fixture.store;
  const { ticket } = await issue();
  const { meter } = createTelemetry({ service: 'test', instance: 'test' });
  const commands = createCommands({ store, source: 'test', clock: createStoreClock(), meter });
  const log = createLogger({ level: 'info', service: 's', instance: 'i', destination: fixture.logs });
  const redeem = createRedeem({ commands, log, maxInFlight: 1 });
  const presentation = { ticket, handshake: handshakeKeyOf('key'), context };
  const first = redeem(presentation);
  expect(await redeem(presentation)).toMatchObject({ reason: 'overloaded', recorded: false });
  expect(await first).toMatchObject({ kind: 'redeemed' });
  expect(await redeem(presentation)).toMatchObject({ kind: 'redeemed' });
});

test('300 requests with one ticket let one pass', async () => {
  const { ticket } = await issue();
  const responses = await Promise.all(Array.from({ length: 300 }, () => verify(ticket)));
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(responses.filter(({ status }) => status === 401)).toHaveLength(299);
});
