import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CommandContext,
  createStoreClock,
  type EventType,
  handshakeKeyOf,
  isTicket,
  type Principal,
  parseEvent,
  partitionOf,
  proofOf,
  type Reason,
  type ReleaseReason,
  type RequestReply,
  subjectOf,
  ticketIdOf,
} from '@admit-one/core';
import { chooseProtocol, credentialOf, offeredProtocols, ticketCarriers } from '@admit-one/gate';
import { createTicketClient, ticketSubjects } from '@admit-one/ticket-client';
import { headers } from '@nats-io/nats-core';
import { expect, test } from 'vitest';
import { DICTIONARY, readBody } from '../../libs/adapter-nats/src/events/body-encoding.ts';
import {
  encodeReplies,
  encodeRequests,
  encodeShared,
  sharedSubjectOf,
} from '../../libs/adapter-nats/src/requests/batch.ts';
import { subjectToken } from '../../services/ws-edge/src/routes/bridge-subjects.ts';

interface Ticket {
  readonly ticket: string;
  readonly proof: string;
  readonly ticketId: string;
  readonly partition: number;
}

interface Carrier {
  readonly url: string;
  readonly secWebSocketProtocol?: string;
  /** The application's own subprotocols. */
  readonly application?: readonly string[];
  readonly presented: unknown;
  readonly answered: string | null;
}

interface Exchange {
  readonly subject: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly reply: { readonly now: number; readonly principal?: Principal };
}

interface Vectors {
  readonly tickets: readonly [Ticket, Ticket, Ticket];
  readonly handshakes: readonly { readonly secWebSocketKey: string; readonly handshake: string }[];
  readonly carriers: readonly Carrier[];
  readonly requests: {
    readonly time: Exchange;
    readonly reserve: Exchange & {
      readonly request: { readonly handshake: string; readonly context: CommandContext };
    };
    readonly exchange: Exchange & { readonly request: { readonly token: string; readonly client: string } };
    readonly confirm: Exchange & { readonly request: { readonly connection: string } };
    readonly release: Exchange & { readonly request: { readonly why: ReleaseReason } };
    readonly redeem: Exchange;
  };
  readonly rejections: readonly { readonly reason: Reason; readonly recorded: boolean }[];
  readonly batch: {
    readonly requests: readonly unknown[];
    readonly message: string;
    readonly replies: readonly unknown[];
    readonly reply: string;
    readonly shared: {
      readonly subject: string;
      readonly requests: readonly { readonly subject: string; readonly body: unknown }[];
      readonly message: string;
    };
  };
  readonly events: {
    readonly subject: string;
    readonly message: readonly { readonly type: EventType }[];
    readonly dictionary: string;
    /** The message as it is in the stream, in base64. */
    readonly compressed: string;
  };
  readonly subjectTokens: readonly { readonly id: string; readonly token: string }[];
}

const docs = join(import.meta.dirname, '..', '..', 'docs');
const vectors: Vectors = JSON.parse(readFileSync(join(docs, 'protocol-vectors.json'), 'utf8'));
const page = readFileSync(join(docs, 'protocol.md'), 'utf8');
const { requests } = vectors;
const exchanges: readonly Exchange[] = Object.values(requests);
const [, { ticket, ticketId }] = vectors.tickets;
const { handshake, context } = requests.reserve.request;
const { principal } = requests.reserve.reply;

/** A bus that answers with the vector's reply, and fails on a request that differs from the vector. */
function busOf(replies: Readonly<Record<string, unknown>> = {}): RequestReply {
  return {
    async request(subject, body) {
      const exchange = exchanges.find((one) => one.subject === subject);
      if (!exchange) throw new Error(`the vectors have no ${subject}`);
      const { request, reply } = exchange;
      const { command, deadline, upgradeStartedAt } = request;
      const own = body as Record<string, unknown>;
      if (command) {
        expect(own.command).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
        expect(own.deadline).toBeGreaterThan(requests.time.reply.now);
        const varying = {
          command,
          deadline,
          ...(own.upgradeStartedAt !== undefined && { upgradeStartedAt }),
        };
        expect({ ...own, ...varying }).toEqual(request);
      } else expect(own).toEqual(request);
      return replies[subject] ?? reply;
    },
    serve: () => Promise.reject(new Error('nothing is served here')),
  };
}

function clientOn(bus: RequestReply) {
  return createTicketClient({ requests: bus, clock: createStoreClock() });
}

test.each(vectors.tickets)('ticket $ticket', ({ ticket, proof, ticketId, partition }) => {
  expect(isTicket(ticket)).toBe(true);
  expect(proofOf(ticket)).toBe(proof);
  expect(ticketIdOf(proof)).toBe(ticketId);
  expect(partitionOf(ticketId)).toBe(partition);
});

test.each(vectors.handshakes)('handshake of $secWebSocketKey', ({ secWebSocketKey, handshake }) => {
  expect(handshakeKeyOf(secWebSocketKey)).toBe(handshake);
});

test.each(vectors.carriers)('$url with $secWebSocketProtocol', (vector) => {
  const { url, secWebSocketProtocol, application = [], presented, answered } = vector;
  const offered = offeredProtocols(secWebSocketProtocol);
  expect(credentialOf(url, offered, ticketCarriers)).toEqual(presented);
  expect(chooseProtocol(offered ?? [], application) ?? null).toBe(answered);
});

test('the client sends the requests of the vectors and understands their replies', async () => {
  expect(exchanges.map(({ subject }) => subject).sort()).toEqual(Object.values(ticketSubjects).sort());
  const client = clientOn(busOf());
  const { token, client: name } = requests.exchange.request;
  const jwt = { token, client: name };
  expect(await client.reserve({ ticket, jwt, handshake, context })).toMatchObject({
    kind: 'reserved',
    ticketId,
  });
  const reserved = await client.reserve({ ticket, handshake, context });
  expect(reserved).toMatchObject({ kind: 'reserved', ticketId, principal });
  if (reserved.kind !== 'reserved') return;
  expect(await reserved.confirm(requests.confirm.request.connection)).toEqual({ kind: 'confirmed' });
  await reserved.release(requests.release.request.why);
  expect(await client.redeem({ ticket, handshake, context })).toMatchObject({ kind: 'redeemed', principal });
});

test.each(vectors.rejections)('the reply $reason', async (reply) => {
  const client = clientOn(busOf({ [ticketSubjects.reserve]: reply }));
  const { reason, recorded } = reply;
  expect(await client.reserve({ ticket, handshake, context })).toMatchObject({ reason, recorded, ticketId });
});

test('requests that go out together', () => {
  const { requests, message, replies, reply } = vectors.batch;
  const texts = requests.map((request) => JSON.stringify(request));
  expect(encodeRequests(texts)).toBe(message);
  expect(encodeRequests(texts.slice(0, 1))).toBe(texts[0]);
  const replyTexts = replies.map((one) => (one === null ? undefined : JSON.stringify(one)));
  expect(encodeReplies(replyTexts, 1_000_000)).toBe(reply);
});

test('requests to several subjects that go out together', () => {
  const { subject, requests, message } = vectors.batch.shared;
  for (const { subject: own } of requests) expect(sharedSubjectOf(own)).toBe(subject);
  const addressed = requests.map(({ subject, body }) => ({ subject, text: JSON.stringify(body) }));
  expect(encodeShared(addressed)).toBe(message);
});

test('events', () => {
  const { subject, message, dictionary, compressed } = vectors.events;
  expect(dictionary).toBe(DICTIONARY);
  const encoding = headers();
  encoding.set('content-encoding', 'deflate');
  const body = readBody(Buffer.from(compressed, 'base64'), encoding);
  expect(JSON.parse(Buffer.from(body).toString())).toEqual(message);
  for (const event of message) {
    expect(parseEvent(event)).toEqual(event);
    expect(subjectOf(event.type)).toBe(subject);
  }
});

test.each(vectors.subjectTokens)('$id in a subject of the bridge', ({ id, token }) => {
  expect(subjectToken(id)).toBe(token);
});

test('the page names every subject of the protocol', () => {
  for (const subject of [...Object.values(ticketSubjects), vectors.batch.shared.subject])
    expect(page).toContain(`\`${subject}\``);
});
