import { createStoreClock, handshakeKeyOf, newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { createGate } from '@admit-one/gate';
import {
  eventually,
  newWebSocketKey,
  nowhere,
  openSocket,
  type RawSocket,
  type UpgradeRequest,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, expectStory } from '../../stack/audit-log.ts';
import type { Ticket } from '../../stack/visitor.ts';
import { FRONTEND } from '../../stack/stack.ts';
import { type EdgeUnderTest, startEdgeUnderTest } from '../edge-under-test.ts';
import { expectAnswer } from '../upgrades/answer.ts';
import { admitted } from '../upgrades/upgrade-case.ts';
import { formCases } from './form-cases.ts';
import { answerTo, offer, query } from './ticket-case.ts';

const clients = [
  { client: 'a browser', origin: FRONTEND },
  { client: 'another client', origin: undefined },
] as const;

const carriers = [
  { carrier: 'query', by: (ticket: string) => query(`ticket=${ticket}`) },
  { carrier: 'subprotocol', by: (ticket: string) => offer(`ticket.${ticket}`) },
] as const;

const ways = clients.flatMap((client) => carriers.map((carrier) => ({ ...client, ...carrier })));
const forms = clients.flatMap((client) => formCases.map((row) => ({ ...client, ...row })));

let edge: EdgeUnderTest;
/** What those who present something else than a ticket make it of. */
let unspent: readonly [Ticket, Ticket];
/** They expire while the other tests run. */
let ageing: Ticket[];

beforeAll(async () => {
  edge = await startEdgeUnderTest({ TICKET_TTL_SECONDS: '3' });
  unspent = [await edge.issue(), await edge.issue()];
  ageing = await Promise.all(ways.map(() => edge.issue()));
});

afterAll(() => edge.stopHealthy());

interface Presenting {
  readonly origin: string | undefined;
  readonly agent?: string;
}

function present(upgrade: UpgradeRequest, { origin, agent = 'test' }: Presenting): Promise<RawSocket> {
  const headers = { 'user-agent': agent, ...upgrade.headers };
  return openSocket(edge.url, { ...upgrade, headers, ...(origin === undefined ? {} : { origin }) });
}

function agentOf({ client, what }: { readonly client: string; readonly what: string }): string {
  return `${client}, ${what}`;
}

describe('what is no ticket', () => {
  test.each(forms)('$client presents $what', async (row) => {
    const { outcome, origin } = row;
    const [one, other] = unspent;
    const upgrade = row.present(one.ticket, other.ticket);
    const raw = await present(upgrade, { origin, agent: agentOf(row) });
    const protocol = JSON.stringify(upgrade).includes('admit.v1') ? 'admit.v1' : undefined;
    await expectAnswer(
      raw,
      typeof outcome === 'string' ? answerTo(outcome, origin !== undefined, protocol) : outcome,
    );
  });

  test('is in the trail once, with its reason, and the ticket that it was made of stays good', async () => {
    const expected = forms.flatMap((row) => {
      const { outcome } = row;
      const reason =
        typeof outcome === 'string' ? outcome : outcome.kind === 'admitted' ? null : outcome.reason;
      return reason === null ? [] : [`${agentOf(row)}: ${reason}`];
    });
    await eventually(
      async () => {
        const rejections = await events(edge.stack, { type: 'admit.handshake.rejected' });
        const told = rejections.map(
          ({ data: { context, reason } }) => `${(context as { agent: string }).agent}: ${reason}`,
        );
        expect(told.sort()).toEqual(expected.sort());
      },
      { what: 'the rejections in the trail', everyMs: 200, timeoutMs: 15_000 },
    );
    for (const { ticketId } of unspent)
      await expectStory(edge.stack, { ticket: ticketId }, ['admit.ticket.issued']);
  });
});

describe('a good ticket', () => {
  test.each(ways)('of $client, by $carrier, admits', async ({ by, origin }) => {
    const { ticket } = await edge.issue();
    const raw = await present(by(ticket), { origin });
    await expectAnswer(raw, admitted);
    raw.abort();
  });

  test.each(ways)('of $client, by $carrier, admits after a release', async ({ by, origin }) => {
    const { ticket, ticketId } = await edge.issue();
    const reserved = await reserveElsewhere(ticket);
    await reserved.release('handshake_failed');
    const raw = await present(by(ticket), { origin });
    await expectAnswer(raw, admitted);
    raw.abort();
    await expectStory(edge.stack, { ticket: ticketId }, [
      'admit.ticket.issued',
      'admit.ticket.reserved',
      'admit.ticket.released',
      'admit.ticket.reserved',
      'admit.ticket.consumed',
      'admit.connection.closed',
    ]);
  });
});

/** Reserves a ticket as another edge would. */
async function reserveElsewhere(ticket: string) {
  const gate = createGate({ requests: edge.stack.requests, clock: createStoreClock() });
  const handshake = handshakeKeyOf(newWebSocketKey());
  const admission = await gate.reserve({ ticket, handshake, context: nowhere });
  if (admission.kind !== 'reserved') throw new Error(`not reserved: ${admission.reason}`);
  return admission;
}

/** Brings a ticket into a state in which it admits nobody else. */
const states = [
  { state: 'unknown', reason: 'ticket_unknown', make: async () => newTicket() },
  {
    state: 'expired',
    reason: 'ticket_expired',
    async make() {
      const { ticket, expires_at: expiresAt } = ageing.pop()!;
      await expect.poll(() => Date.now() / 1000).toBeGreaterThan(expiresAt + 1);
      return ticket;
    },
  },
  {
    state: 'in use by another edge',
    reason: 'ticket_in_use',
    async make() {
      const { ticket } = await edge.issue();
      await reserveElsewhere(ticket);
      return ticket;
    },
  },
  {
    state: 'of another route',
    reason: 'route_mismatch',
    make: async () => (await edge.issue({ route: 'bridge' })).ticket,
  },
  {
    state: 'spent',
    reason: 'ticket_replayed',
    async make() {
      const { raw, ticket } = await edge.admit();
      await expectAnswer(raw, admitted);
      raw.abort();
      return ticket;
    },
  },
] as const;

describe('a ticket that admits nobody', () => {
  const rows = states.flatMap((state) => ways.map((way) => ({ ...state, ...way })));

  test.each(rows)('$state, of $client, by $carrier', async ({ make, reason, by, origin }) => {
    const ticket = await make();
    const raw = await present(by(ticket), { origin });
    await expectAnswer(raw, answerTo(reason, origin !== undefined));
    const ofTicket = { ticket: ticketIdOf(proofOf(ticket)) };
    await expectStory(edge.stack, { ...ofTicket, type: 'admit.handshake.rejected' }, []);
    const [rejected] = await expectStory(edge.stack, { ...ofTicket, type: 'admit.ticket.rejected' }, [
      'admit.ticket.rejected',
    ]);
    expect(rejected?.data.reason).toBe(reason);
  });
});
