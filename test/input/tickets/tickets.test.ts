import {
  createStoreClock,
  handshakeKeyOf,
  newTicket,
  proofOf,
  type Reason,
  ticketIdOf,
} from '@admit-one/core';
import {
  eventually,
  newWebSocketKey,
  nowhere,
  openSocket,
  type RawSocket,
  type UpgradeRequest,
} from '@admit-one/testkit';
import { createTicketClient } from '@admit-one/ticket-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, expectStory } from '../../stack/audit-log.ts';
import { FRONTEND } from '../../stack/stack.ts';
import type { Ticket } from '../../stack/visitor.ts';
import { type EdgeUnderTest, startEdgeUnderTest } from '../edge-under-test.ts';
import { expectAnswer } from '../upgrades/answer.ts';
import { admitted, type ExpectedAnswer, rejected, told } from '../upgrades/upgrade-case.ts';

const clients = [
  { client: 'a browser', origin: FRONTEND },
  { client: 'another client', origin: undefined },
] as const;

const query = (text: string): UpgradeRequest => ({ target: `/ws?${text}` });
const offer = (protocols: string): UpgradeRequest => ({
  target: '/ws',
  headers: { 'sec-websocket-protocol': protocols },
});

const carriers = [
  { carrier: 'query', by: (ticket: string) => query(`ticket=${ticket}`) },
  { carrier: 'subprotocol', by: (ticket: string) => offer(`ticket.${ticket}`) },
] as const;

const ways = clients.flatMap((client) => carriers.map((carrier) => ({ ...client, ...carrier })));

interface Form {
  readonly what: string;
  readonly present: (ticket: string, other: string) => UpgradeRequest;
  readonly reason: 'ticket_missing' | 'ticket_malformed';
  readonly protocol?: string;
}

/** The tests of the carriers' parser have all the others. */
const forms: readonly Form[] = [
  { what: 'nothing', present: () => query(''), reason: 'ticket_missing' },
  {
    what: 'one that is too short',
    present: (one) => query(`ticket=${one.slice(1)}`),
    reason: 'ticket_malformed',
  },
  { what: 'one with NUL', present: (one) => query(`ticket=${one}%00`), reason: 'ticket_malformed' },
  {
    what: 'two',
    present: (one, other) => query(`ticket=${one}&ticket=${other}`),
    reason: 'ticket_malformed',
  },
  { what: '14 KiB', present: () => query(`ticket=${'a'.repeat(14 * 1024)}`), reason: 'ticket_malformed' },
  {
    what: 'one too long as a subprotocol',
    present: (one) => offer(`admit.v1, ticket.${one}0`),
    reason: 'ticket_malformed',
    protocol: 'admit.v1',
  },
  {
    what: 'the same by both carriers',
    present: (one) => ({ ...query(`ticket=${one}`), protocols: [`ticket.${one}`] }),
    reason: 'ticket_malformed',
  },
  {
    what: 'one in other headers',
    present: (one) => ({
      target: '/ws',
      headers: { authorization: `Bearer ${one}`, cookie: `ticket=${one}` },
    }),
    reason: 'ticket_missing',
  },
];

const presentedForms = clients.flatMap((client) => forms.map((form) => ({ ...client, ...form })));

let edge: EdgeUnderTest;
/** What malformed tickets are made of. */
let unspent: readonly [Ticket, Ticket];

beforeAll(async () => {
  edge = await startEdgeUnderTest({ TICKET_TTL_SECONDS: '5' });
  unspent = [await edge.issue(), await edge.issue()];
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

/** Browsers are told by a close frame, others by the status; neither is told the reason. */
function answerTo(reason: Reason, browser: boolean, protocol?: string): ExpectedAnswer {
  return browser ? told(reason, protocol) : rejected(reason);
}

function agentOf({ client, what }: { readonly client: string; readonly what: string }): string {
  return `${client}, ${what}`;
}

describe('a malformed ticket', () => {
  test.each(presentedForms)('$client presents $what', async (row) => {
    const { reason, protocol, origin } = row;
    const [one, other] = unspent;
    const raw = await present(row.present(one.ticket, other.ticket), { origin, agent: agentOf(row) });
    await expectAnswer(raw, answerTo(reason, origin !== undefined, protocol));
  });

  test('is in the audit log once, with its reason, and the ticket that it was made of stays good', async () => {
    const expected = presentedForms.map((row) => `${agentOf(row)}: ${row.reason}`);
    await eventually(
      async () => {
        const rejections = await events(edge.stack, { type: 'admit.handshake.rejected' });
        const recorded = rejections.map(
          ({ data: { context, reason } }) => `${(context as { agent: string }).agent}: ${reason}`,
        );
        expect(recorded.sort()).toEqual(expected.sort());
      },
      { what: 'the rejections in the audit log', everyMs: 200 },
    );
    for (const { ticketId } of unspent) {
      const found = await events(edge.stack, { ticket: ticketId });
      const changes = found.filter(({ type }) => type !== 'admit.handshake.rejected');
      expect(changes.map(({ type }) => type)).toEqual(['admit.ticket.issued']);
    }
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
  const client = createTicketClient({ requests: edge.stack.requests, clock: createStoreClock() });
  const handshake = handshakeKeyOf(newWebSocketKey());
  const admission = await client.reserve({ ticket, handshake, context: nowhere });
  if (admission.kind !== 'reserved') throw new Error(`not reserved: ${admission.reason}`);
  return admission;
}

/** They expire before they are presented. */
let ageing: Ticket[];

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

  // Not sooner: the store tells an expired ticket from an unknown one for a minute only.
  beforeAll(async () => {
    ageing = await Promise.all(ways.map(() => edge.issue()));
  });

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
