import {
  encodeRequest,
  eventually,
  type FaultProxy,
  newWebSocketKey,
  openSocket,
  type RawSocket,
  startFaultProxy,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, expectStory } from '../../stack/audit-log.ts';
import { FRONTEND } from '../../stack/stack.ts';
import type { Ticket } from '../../stack/visitor.ts';
import { type EdgeUnderTest, startEdgeUnderTest } from '../edge-under-test.ts';
import { expectAnswer } from './answer.ts';
import { admitted, notHttp, type UpgradeCase } from './upgrade-case.ts';
import { upgradeCases } from './upgrade-cases.ts';

/** Each row has its own address (X-Forwarded-For), to find its event by. */
const addressOf = new Map(upgradeCases.map((row, n) => [row, `198.51.100.${n + 1}`]));

let edge: EdgeUnderTest;
/** Presented by every upgrade that must be rejected. */
let unspent: Ticket;

beforeAll(async () => {
  edge = await startEdgeUnderTest({
    TICKET_TTL_SECONDS: '300',
    FRONTEND_ORIGINS: `${FRONTEND},https://*.preview.example.com`,
  });
  unspent = await edge.issue();
});

afterAll(() => edge.stopHealthy());

/** Sends the request of a row, which presents a ticket in its query. */
function send(row: UpgradeCase, ticket: string): Promise<RawSocket> {
  const { upgrade = {}, alter = (head: string) => head, pipelined } = row;
  const { target = '/ws', headers = {}, key = newWebSocketKey() } = upgrade;
  const head = encodeRequest(new URL(edge.url), {
    ...upgrade,
    key,
    target: `${target}?ticket=${ticket}`,
    headers: { 'x-forwarded-for': addressOf.get(row) ?? null, ...headers },
  });
  const request = Buffer.from(alter(head.toString('latin1')), 'latin1');
  return openSocket(edge.url, { request, key, ...(pipelined ? { pipelined } : {}) });
}

describe('an upgrade', () => {
  test.each(upgradeCases)('$what', async (row) => {
    const passes = row.outcome.kind === 'admitted';
    const { ticket } = passes ? await edge.issue() : unspent;
    const raw = await send(row, ticket);
    await expectAnswer(raw, row.outcome);
    raw.abort();
  });

  test('that was rejected is in the audit log once, with its reason, and no other is', async () => {
    const expected = upgradeCases.flatMap((row) => {
      const { what, outcome } = row;
      return outcome.kind === 'admitted' || outcome.reason === null ? [] : [`${what}: ${outcome.reason}`];
    });
    const rowAt = new Map([...addressOf].map(([row, address]) => [address, row]));
    await eventually(
      async () => {
        const rejections = await events(edge.stack, { type: 'admit.handshake.rejected' });
        const told = rejections.map(({ data: { reason, context, count } }) => {
          expect(count).toBe(1);
          const { address } = context as { address: string };
          return `${rowAt.get(address)?.what ?? address}: ${reason}`;
        });
        expect(told.sort()).toEqual(expected.sort());
      },
      { what: 'the rejections in the audit log', everyMs: 200 },
    );
  });

  test('that was rejected has left its ticket as it was', async () => {
    const found = await events(edge.stack, { ticket: unspent.ticketId });
    const changes = found.filter(({ type }) => type !== 'admit.handshake.rejected');
    expect(changes.map(({ type }) => type)).toEqual(['admit.ticket.issued']);
    const raw = await openSocket(`${edge.url}?ticket=${unspent.ticket}`);
    expect((await raw.response()).status).toBe(101);
    raw.abort();
  });
});

describe('a client that leaves before it was answered', () => {
  test('gives its ticket back, and is no rejection', async () => {
    const { ticket, ticketId } = await edge.issue();
    const raw = await openSocket(edge.url, { request: '' });
    raw.write(encodeRequest(new URL(`${edge.url}?ticket=${ticket}`)));
    raw.abort();
    await raw.closed;
    expect(raw.bytes).toHaveLength(0);
    await expectStory(edge.stack, { ticket: ticketId }, [
      'admit.ticket.issued',
      'admit.ticket.reserved',
      'admit.ticket.released',
    ]);
  });
});

describe('a head that arrives a byte at a time', () => {
  let proxy: FaultProxy;

  beforeAll(async () => {
    proxy = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(edge.url).port) });
    proxy.slice(1);
  });
  afterAll(() => proxy.close());

  test('is a good one where it is in time', async () => {
    const raw = await openSocket(proxy.url(`${edge.url}?ticket=${(await edge.issue()).ticket}`));
    await expectAnswer(raw, admitted);
    raw.abort();
  });

  test('is rejected as soon as it cannot be one', async () => {
    const raw = await openSocket(proxy.url(edge.url), { method: 'get' });
    await expectAnswer(raw, notHttp('Invalid method encountered'));
  });
});
