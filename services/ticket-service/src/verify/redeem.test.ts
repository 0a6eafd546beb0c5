import { createStoreClock, handshakeKeyOf, StoreError } from '@admit-one/core';
import { createTelemetry } from '@admit-one/runtime';
import { eventually, nowhere } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCommands } from '../commands/commands.ts';
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
  await eventually(
    () =>
      expect(fixture.events.filter(({ subject }) => subject === ticketId).map(({ type }) => type)).toEqual([
        'admit.ticket.issued',
        'admit.ticket.reserved',
        'admit.ticket.consumed',
      ]),
    { what: 'the events of the ticket' },
  );
});

test('a store that stays away is 503 with Retry-After, in the audit log once, and the ticket stays good', async () => {
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

test('a rejection by the infrastructure is one critical line that knows its trace, and one count', async () => {
  const { ticket, ticketId } = await fixture.issue();
  fixture.breakStore(new StoreError('unavailable', 'away'));
  const { traceId } = (await (await verify(ticket)).json()) as { traceId: string };
  expect(fixture.logs.lines.filter(({ severity }) => severity === 'CRITICAL')).toMatchObject([
    {
      message: 'handshake_rejected',
      reason: 'store_unavailable',
      ticketId,
      traceId,
      err: { message: 'away' },
    },
  ]);
  expect(await fixture.metrics()).toMatch(
    /^http_server_request_duration_seconds_count\{[^}]*http_route="\/verify"[^}]*error_type="store_unavailable"[^}]*\} 1$/m,
  );
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
  expect(fixture.logs.named('handshake_rejected')).toMatchObject([
    { reason: 'internal', traceId: expect.any(String), err: { stack: expect.stringContaining('a bug') } },
  ]);
});

test('more at once than are allowed are OVERLOADED, until there is room again', async () => {
  const store = fixture.store;
  const { ticket } = await fixture.issue();
  const { meter } = createTelemetry({ service: 'test', instance: 'test' });
  const commands = createCommands({
    store,
    rejections: store,
    source: 'test',
    clock: createStoreClock(),
    meter,
  });
  const counted = vi.spyOn(commands, 'countRejected');
  const { redeem } = createRedeem({ commands, maxInFlight: 1 });
  const presented = { ticket, handshake: handshakeKeyOf('key'), context: nowhere };
  const first = redeem(presented);
  expect(await redeem(presented)).toMatchObject({ reason: 'overloaded', recorded: false });
  expect(counted.mock.calls).toEqual([['redeem', 'overloaded']]);
  expect(await first).toMatchObject({ kind: 'redeemed' });
  expect(await redeem(presented)).toMatchObject({ kind: 'redeemed' });
});

test('the deadline leaves the last quarter of the budget for the reply', async () => {
  const { ticket } = await fixture.issue();
  const { meter } = createTelemetry({ service: 'test', instance: 'test' });
  const commands = createCommands({
    store: fixture.store,
    rejections: fixture.store,
    source: 'test',
    clock: createStoreClock(),
    meter,
  });
  const run = vi.spyOn(commands, 'run');
  const presented = { ticket, handshake: handshakeKeyOf('key'), context: nowhere };
  const before = await commands.now();
  expect(await createRedeem({ commands }).redeem(presented)).toMatchObject({ kind: 'redeemed' });
  const leftMs = (run.mock.calls[0]?.[1].deadline ?? 0) - before;
  expect(leftMs).toBeGreaterThan(1_000);
  expect(leftMs).toBeLessThanOrEqual(1_500 + (await commands.now()) - before);
});

test('300 requests with one ticket let one pass', async () => {
  const { ticket } = await fixture.issue();
  const responses = await Promise.all(Array.from({ length: 300 }, () => verify(ticket)));
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(responses.filter(({ status }) => status === 401)).toHaveLength(299);
});

test('a repeat is accepted until its session is revoked', async () => {
  const { ticket, ticketId } = await fixture.issue();
  const again = () =>
    fixture.verify(`/ws?ticket=${ticket}`, { 'sec-websocket-key': Buffer.alloc(16).toString('base64') });
  expect([(await again()).status, (await again()).status]).toEqual([200, 200]);
  await fixture.decide('POST', 'revocations', { session: 'test-session' });
  expect(await (await again()).json()).toMatchObject({ status: 401, code: 'SESSION_REVOKED' });
  expect(await fixture.rejections(1)).toMatchObject([
    { type: 'admit.handshake.rejected', subject: ticketId, reason: 'session_revoked' },
  ]);
});
