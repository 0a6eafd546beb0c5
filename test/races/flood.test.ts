import { createMemoryBus, createMemoryStore } from '@admit-one/adapter-memory';
import { openRedisStore } from '@admit-one/adapter-redis';
import { readTicketServiceVariables, ticketConfigOf } from '@admit-one/config';
import {
  BusError,
  type ControlStore,
  handshakeKeyOf,
  newId,
  newTicket,
  type Outbox,
  type OutboxBounds,
  PARTITIONS,
  proofOf,
  type ReceivedEvent,
  type TicketStore,
  ticketIdOf,
  type UsageCounter,
} from '@admit-one/core';
import { startHost } from '@admit-one/runtime';
import { missingEngines, nowhere, startIdentityProvider, startRedis } from '@admit-one/testkit';
import { controlSubjects, type TicketReply, ticketSubjects } from '@admit-one/ticket-client';
import { startTicketService } from '@admit-one/ticket-service';
import { describe, expect, onTestFinished, test } from 'vitest';

const bounds = { softBound: 64, hardBound: 80 };
const FLOOD = 4_000;
const USERS = 50;

interface Engine {
  readonly store: TicketStore;
  readonly outbox: Outbox;
  readonly control: ControlStore;
  readonly usage: UsageCounter;
}

async function openRedis(within: Partial<OutboxBounds>): Promise<Engine> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  return openRedisStore({ url: redis.url, source: 'store', commandTimeoutMs: 20_000, ...within });
}

async function openMemory(within: Partial<OutboxBounds>): Promise<Engine> {
  return createMemoryStore({ source: 'store', ...within });
}

/** A ticket-service whose events reach the stream only once it is opened. */
async function startHeld({ store, outbox, control, usage }: Engine) {
  const provider = await startIdentityProvider();
  onTestFinished(() => provider.close());
  const memory = createMemoryBus({ onError: () => {}, maxStreamBytes: 100_000_000 });
  const events: ReceivedEvent[] = [];
  await memory.events.consume('test', async (deliveries) => {
    for (const { body } of deliveries) events.push(...JSON.parse(Buffer.from(body).toString()));
  });
  let held = true;
  const publish: typeof memory.events.publish = async (batch) => {
    if (held) throw new BusError('full', 'the stream is held');
    await memory.events.publish(batch);
  };
  const variables = readTicketServiceVariables({
    ...{ PORT: '0', METRICS_PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' },
    ...{ NATS_URL: 'nats://unused.invalid', REDIS_URL: 'redis://unused.invalid' },
    ...{ TICKETS_PER_SESSION_PER_MINUTE: '0', TICKETS_PER_USER_PER_MINUTE: '0' },
    ...{ JWT_ISSUER: provider.issuer, JWT_AUDIENCE: provider.audience, JWT_JWKS_URL: provider.jwksUrl },
  });
  const host = await startHost({ service: 'flood', title: 'flood', variables }, async (context) => {
    context.closers.add('bus', () => memory.close());
    context.closers.add('store', () => store.close());
    await memory.requests.serve(controlSubjects.history, async () => ({ entries: [], next: null }));
    const bus = { ...memory, connected: true, events: { ...memory.events, publish } };
    const service = await startTicketService(ticketConfigOf(variables), {
      ...context,
      ...context.identify('ticket-service'),
      ...{ store, outbox, control, usage, bus },
    });
    context.closers.add('ticket-service', service.stop);
    return { routes: [service.routes], readiness: service.readiness };
  });
  await expect.poll(async () => (await fetch(`${host.url}/readyz`)).ok).toBe(true);

  return {
    events,
    request: (subject: string, body: object) =>
      memory.requests.request(
        subject,
        { command: '1', handshake: handshakeKeyOf('key'), deadline: Date.now() + 60_000, ...body },
        60_000,
      ) as Promise<TicketReply>,
    async issue(): Promise<string> {
      const authorization = `Bearer ${await provider.token({ sessionId: newId() })}`;
      const response = await fetch(`${host.url}/api/websocket/ticket`, {
        method: 'POST',
        headers: { authorization },
      });
      expect(response.status).toBe(200);
      return ((await response.json()) as { ticket: string }).ticket;
    },
    async release(): Promise<void> {
      held = false;
      await expect.poll(() => highestLevel(outbox)).toBe(0);
      await host.stop();
    },
  };
}

/** How many events wait in the partition that has the most. */
async function highestLevel(outbox: Outbox): Promise<number> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => outbox.level(partition));
  return Math.max(...(await Promise.all(partitions)).map(({ events }) => events));
}

const missing = missingEngines('redis');

describe.each([
  { name: 'memory', open: openMemory, skip: undefined },
  { name: 'Redis', open: openRedis, skip: missing },
])('a flood of unknown tickets, while no event leaves the outbox of $name', ({ open, skip }) => {
  test.skipIf(skip)('takes half of it, stops no admission, and is counted exactly', async () => {
    const engine = await open(bounds);
    const { events, request, issue, release } = await startHeld(engine);
    const address = (n: number) => (n % 2 === 0 ? '192.0.2.1' : `10.0.${n >> 8}.${n & 255}`);
    for (let n = 0; n < FLOOD; n += 200)
      await Promise.all(
        Array.from({ length: 200 }, async (_, m) => {
          const context = { ...nowhere, address: address(n + m) };
          const reply = await request(ticketSubjects.reserve, { proof: proofOf(newTicket()), context });
          expect(reply).toMatchObject({ kind: 'rejected', reason: 'ticket_unknown', recorded: true });
        }),
      );
    expect(await highestLevel(engine.outbox)).toBeLessThanOrEqual(bounds.softBound / 2);

    for (let user = 0; user < USERS; user += 1) {
      const proof = proofOf(await issue());
      const reserved = await request(ticketSubjects.reserve, { proof, context: nowhere });
      const confirmed = await request(ticketSubjects.confirm, {
        ticketId: ticketIdOf(proof),
        connection: 'c',
        context: nowhere,
      });
      expect([reserved.kind, confirmed.kind]).toEqual(['accepted', 'accepted']);
    }

    await release();
    const ofType = (type: string) => events.filter((event) => event.type === type);
    const rejected = ofType('admit.ticket.rejected');
    expect(ofType('admit.ticket.consumed')).toHaveLength(USERS);
    expect(rejected.reduce((sum, { data }) => sum + Number(data.count), 0)).toBe(FLOOD);
    expect(rejected.length).toBeLessThanOrEqual((PARTITIONS * bounds.softBound) / 2);
  });

  test.skipIf(skip)('and commands of one id lose no event', async () => {
    const { events, request, issue, release } = await startHeld(await open({}));
    for (let n = 0; n < 5; n += 1) {
      const proof = proofOf(await issue());
      await request(ticketSubjects.reserve, { proof, context: nowhere });
      await request(ticketSubjects.confirm, {
        ticketId: ticketIdOf(proof),
        connection: 'c',
        context: nowhere,
      });
    }
    for (let n = 0; n < 200; n += 1)
      await request(ticketSubjects.reserve, { proof: proofOf(newTicket()), context: nowhere });
    await release();
    const countOf = (type: string) => events.filter((event) => event.type === type).length;
    expect([countOf('admit.ticket.reserved'), countOf('admit.ticket.consumed')]).toEqual([5, 5]);
    expect(countOf('admit.ticket.rejected')).toBe(200);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });
});
