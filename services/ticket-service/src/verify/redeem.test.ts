import { createStoreClock, handshakeKeyOf, StoreError } from '@admit-one/core';
import { createLogger, createTelemetry } from '@admit-one/runtime';
import { nowhere } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCommands } from '../commands.ts';
import { createRedeem } from './redeem.ts';
import { startVerifyFixture, type VerifyFixture } from './verify.fixture.ts';

let fixture: VerifyFixture;
beforeEach(async () => {
  fixture = await startVerifyFixture();
});
afterEach(() => fixture.stop());

function verify(ticket: string): Promise<Response> {
  return fixture.verify(`/ws?ticket=${ticket}`);
}

test('a store that loses the reply of an append is asked again, and the ticket is good', async () => {
  const { ticket, ticketId } = await fixture.issue();
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
  const { ticket, ticketId } = await fixture.issue();
  const away = fixture.breakStore(new StoreError('unavailable', 'away'));
  const response = await verify(ticket);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await response.json()).toMatchObject({ status: 503, code: 'REDIS_UNAVAILABLE' });
  expect(away.calls).toBe(2);
  expect(await fixture.rejections(1)).toMatchObject([
    { type: 'admit.handshake.rejected', subject: ticketId, reason: 'store_unavailable' },
  ]);
  away.mend();
  expect((await verify(ticket)).status).toBe(200);
});

test('a full outbox is OVERLOADED, and is not asked again', async () => {
  const { ticket, ticketId } = await fixture.issue();
  const full = fixture.breakStore(new StoreError('outbox_full', 'full'));
  expect(await (await verify(ticket)).json()).toMatchObject({ status: 503, code: 'OVERLOADED' });
  expect(full.calls).toBe(1);
  expect(await fixture.rejections(1)).toMatchObject([
    { type: 'admit.handshake.rejected', subject: ticketId, reason: 'outbox_full' },
  ]);
});

test('a bug is INTERNAL, with its stack in the log', async () => {
  const { ticket } = await fixture.issue();
  fixture.breakStore(new TypeError('a bug'));
  expect(await (await verify(ticket)).json()).toMatchObject({ status: 500, code: 'INTERNAL' });
  expect(fixture.logs.named('command_failed')).toMatchObject([
    { reason: 'internal', command: 'redeem', err: { stack: expect.stringContaining('a bug') } },
  ]);
});

test('more at once than are allowed are OVERLOADED, until there is room again', async () => {
  const store = fixture.store;
  const { ticket } = await fixture.issue();
  const { meter } = createTelemetry({ service: 'test', instance: 'test' });
  const commands = createCommands({ store, source: 'test', clock: createStoreClock(), meter });
  const log = createLogger({ level: 'info', service: 's', instance: 'i', destination: fixture.logs });
  const redeem = createRedeem({ commands, log, maxInFlight: 1 });
  const presentation = { ticket, handshake: handshakeKeyOf('key'), context: nowhere };
  const first = redeem(presentation);
  expect(await redeem(presentation)).toMatchObject({ reason: 'overloaded', recorded: false });
  expect(await first).toMatchObject({ kind: 'redeemed' });
  expect(await redeem(presentation)).toMatchObject({ kind: 'redeemed' });
});

test('300 requests with one ticket let one pass', async () => {
  const { ticket } = await fixture.issue();
  const responses = await Promise.all(Array.from({ length: 300 }, () => verify(ticket)));
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(responses.filter(({ status }) => status === 401)).toHaveLength(299);
});
