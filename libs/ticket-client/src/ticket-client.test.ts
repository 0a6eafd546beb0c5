import { createMemoryBus } from '@admit-one/adapter-memory';
import {
  type Bus,
  type CommandContext,
  createStoreClock,
  handshakeKeyOf,
  newTicket,
  proofOf,
  ticketIdOf,
} from '@admit-one/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { rejectionOf } from './outcome.ts';
import { type TicketReply, ticketSubjects } from './protocol.ts';
import { createTicketClient, type TicketClientBudgets } from './ticket-client.ts';

const principal = {
  issuer: 'main',
  session: 's-1',
  sessionFrom: 'sid',
  user: null,
  tokenIssuedAt: 1_700_000_000,
  kid: null,
  attributes: {},
};
const context: CommandContext = {
  address: '192.0.2.1',
  origin: null,
  agent: null,
  route: 'default',
  carrier: 'query',
  edge: 'edge-1',
  traceparent: null,
};
const ticket = newTicket();
const ticketId = ticketIdOf(proofOf(ticket));
const handshake = handshakeKeyOf('dGhlIHNhbXBsZSBub25jZQ==');

/** Far from this machine's, so that whatever takes the wrong clock is seen. */
const STORE_NOW = 1_000_000;
const accepted: TicketReply = { kind: 'accepted', now: STORE_NOW, principal };
const lost = Symbol('a reply that never comes');

type Step = unknown | typeof lost;
type Request = Readonly<Record<string, unknown>> & { readonly deadline: number };

let bus: Bus;
let requests: Request[];

beforeEach(() => {
  bus = createMemoryBus({ onError: () => {} });
  requests = [];
  return () => bus.close();
});

function client(budgets: Partial<TicketClientBudgets> = {}) {
  return createTicketClient({
    requests: bus.requests,
    clock: createStoreClock(),
    budgets: { attemptMs: 200, ...budgets },
  });
}

/** A ticket-service that answers a subject with one step after the other, and then with the last one. */
async function serve(subject: string, ...steps: readonly Step[]): Promise<void> {
  let n = 0;
  await bus.requests.serve(subject, async (body) => {
    if (subject !== ticketSubjects.time) requests.push(body as Request);
    const step = steps[Math.min(n, steps.length - 1)];
    n += 1;
    if (step === lost) throw new Error('lost');
    return step;
  });
}

async function serveTime(...steps: readonly Step[]): Promise<void> {
  await serve(ticketSubjects.time, ...(steps.length > 0 ? steps : [{ now: STORE_NOW }]));
}

function reserve(budgets?: Partial<TicketClientBudgets>) {
  return client(budgets).reserve({ ticket, handshake, context });
}

async function reserved() {
  await serve(ticketSubjects.reserve, accepted);
  await serveTime();
  const admission = await reserve();
  if (admission.kind !== 'reserved') throw new Error(admission.reason);
  requests = [];
  return admission;
}

const unanswered = rejectionOf('ticket_service_unavailable', { ticketId });

describe('reserving', () => {
  it('sends the proof, never the ticket, and tells whom the ticket is for', async () => {
    await serveTime();
    await serve(ticketSubjects.reserve, accepted);
    expect(await reserve()).toMatchObject({ kind: 'reserved', ticketId, principal });
    expect(requests).toEqual([
      {
        command: expect.stringMatching(/^[\w-]{22}$/),
        handshake,
        context,
        proof: proofOf(ticket),
        deadline: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(requests)).not.toContain(ticket);
  });

  it.each(['', ticket.toUpperCase().replace(/^./, 'A'), `${ticket} `])(
    'rejects %j without a request',
    async (presented) => {
      await bus.close();
      const admission = await client().reserve({ ticket: presented, handshake, context });
      expect(admission).toEqual(rejectionOf('ticket_malformed'));
    },
  );

  it('cuts what a client may make long', async () => {
    await serveTime();
    await serve(ticketSubjects.reserve, accepted);
    const long = 'x'.repeat(16_384);
    await client().reserve({ ticket, handshake, context: { ...context, agent: long, origin: long } });
    expect(requests[0]?.context).toEqual({ ...context, agent: 'x'.repeat(512), origin: 'x'.repeat(512) });
  });

  it('passes on a rejection that the audit log has', async () => {
    await serveTime();
    await serve(ticketSubjects.reserve, {
      kind: 'rejected',
      now: STORE_NOW,
      reason: 'ticket_replayed',
      recorded: true,
    });
    expect(await reserve()).toEqual(rejectionOf('ticket_replayed', { recorded: true, ticketId }));
    expect(requests).toHaveLength(1);
  });
});

describe('reserving for a JWT', () => {
  it.each([
    [true, ticketId],
    [false, null],
  ])('names the ticket of a rejection that is recorded: %s', async (recorded, named) => {
    await serveTime({ now: STORE_NOW });
    const reply = { kind: 'rejected', now: STORE_NOW, reason: 'token_invalid', recorded };
    await serve(ticketSubjects.exchange, reply);
    const presented = { ticket, handshake, context, jwt: { token: 'a.b.c' } };
    expect(await client().reserve(presented)).toMatchObject({ reason: 'token_invalid', ticketId: named });
  });
});

describe('retrying', () => {
  it('repeats the same command where a reply was lost', async () => {
    await serveTime();
    await serve(ticketSubjects.reserve, lost, accepted);
    expect(await reserve()).toMatchObject({ kind: 'reserved' });
    const [first, second] = requests;
    expect(second).toEqual({ ...first, deadline: expect.any(Number) });
  });

  it('waits for a ticket-service that is about to come', async () => {
    const admission = reserve();
    await serveTime();
    await serve(ticketSubjects.reserve, accepted);
    expect(await admission).toMatchObject({ kind: 'reserved' });
  });

  it.each([
    ['no reply', lost],
    ['a reply that is not of the protocol', { kind: 'accepted', now: 'soon', principal }],
    ['a reason that nobody knows', { kind: 'rejected', now: STORE_NOW, reason: 'because', recorded: true }],
    ['nothing', null],
  ])('stops when the budget is spent: %s', async (_, step) => {
    await serveTime();
    await serve(ticketSubjects.reserve, step);
    const startedAt = performance.now();
    expect(await reserve({ reserveMs: 1_000, attemptMs: 20 })).toEqual(unanswered);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(requests.length).toBeGreaterThan(1);
  });

  it('takes the reply that comes after a broken one', async () => {
    await serveTime();
    await serve(ticketSubjects.reserve, { kind: 'perhaps' }, accepted);
    expect(await reserve()).toMatchObject({ kind: 'reserved' });
  });

  it('does not believe an acceptance that names nobody', async () => {
    await serveTime();
    await serve(ticketSubjects.reserve, { ...accepted, principal: null });
    expect(await reserve()).toEqual(unanswered);
  });

  it('tries a store that failed once more, and no more', async () => {
    const failed = { kind: 'rejected', now: null, reason: 'store_unavailable', recorded: false };
    await serveTime();
    await serve(ticketSubjects.reserve, failed, accepted);
    expect(await reserve()).toMatchObject({ kind: 'reserved' });
    await serve(ticketSubjects.redeem, failed);
    expect(await client().redeem({ ticket, handshake, context })).toEqual(
      rejectionOf('store_unavailable', { ticketId }),
    );
    expect(requests).toHaveLength(4);
  });

  it('does not repeat what is full', async () => {
    await serveTime();
    await serve(ticketSubjects.reserve, {
      kind: 'rejected',
      now: null,
      reason: 'outbox_full',
      recorded: false,
    });
    expect(await reserve()).toMatchObject({ reason: 'outbox_full', recorded: false });
    expect(requests).toHaveLength(1);
  });

  it('rejects at once where the bus is away', async () => {
    await bus.close();
    expect(await reserve({ reserveMs: 60_000 })).toEqual(unanswered);
  });
});

describe('the deadline', () => {
  it('is in store time, within the budget', async () => {
    await serveTime();
    await serve(ticketSubjects.reserve, accepted);
    await reserve({ reserveMs: 2_000 });
    expect(requests[0]?.deadline).toBeGreaterThan(STORE_NOW + 1_000);
    expect(requests[0]?.deadline).toBeLessThanOrEqual(STORE_NOW + 2_000);
  });

  it('is not made up where nobody tells the time', async () => {
    await serveTime({ now: 'late' });
    await serve(ticketSubjects.reserve, accepted);
    expect(await reserve({ reserveMs: 50 })).toEqual(unanswered);
    expect(requests).toHaveLength(0);
  });

  it('is set again by the reply that says it had passed', async () => {
    const jumped = STORE_NOW + 60_000;
    await serveTime();
    await serve(
      ticketSubjects.reserve,
      { kind: 'rejected', now: jumped, reason: 'deadline_exceeded', recorded: false },
      { ...accepted, now: jumped },
    );
    expect(await reserve()).toMatchObject({ kind: 'reserved' });
    expect(requests[1]?.deadline).toBeGreaterThan(jumped);
  });

  it('is not in the audit log, where it stays passed', async () => {
    await serveTime();
    await serve(ticketSubjects.reserve, {
      kind: 'rejected',
      now: STORE_NOW,
      reason: 'deadline_exceeded',
      recorded: false,
    });
    expect(await reserve()).toMatchObject({ reason: 'deadline_exceeded', recorded: false });
    expect(requests).toHaveLength(2);
  });
});

describe('confirming', () => {
  it('names the ticket by its id, and the connection', async () => {
    const startedAt = performance.now();
    const admission = await reserved();
    const longestMs = Math.ceil(performance.now() - startedAt);
    await serve(ticketSubjects.confirm, accepted);
    expect(await admission.confirm('c-1')).toEqual({ kind: 'confirmed' });
    expect(requests).toEqual([
      {
        command: expect.any(String),
        handshake,
        context,
        ticketId,
        connection: 'c-1',
        upgradeStartedAt: expect.any(Number),
        deadline: expect.any(Number),
      },
    ]);
    const takenMs = STORE_NOW - Number(requests[0]?.upgradeStartedAt);
    expect(takenMs).toBeGreaterThanOrEqual(-1);
    expect(takenMs).toBeLessThanOrEqual(longestMs + 1);
  });

  it('passes on that the reservation was lost', async () => {
    const admission = await reserved();
    await serve(ticketSubjects.confirm, {
      kind: 'rejected',
      now: STORE_NOW,
      reason: 'reservation_lost',
      recorded: true,
    });
    const known = { ticketId, principal, connection: 'c-1' };
    const rejection = rejectionOf('reservation_lost', { recorded: true, ...known });
    expect(await admission.confirm('c-1')).toEqual(rejection);
  });

  it('counts as rejected where its outcome stays unknown', async () => {
    await serve(ticketSubjects.reserve, accepted);
    await serveTime();
    const admission = await reserve({ confirmMs: 50 });
    await serve(ticketSubjects.confirm, lost);
    if (admission.kind !== 'reserved') throw new Error(admission.reason);
    expect(await admission.confirm('c-1')).toEqual({ ...unanswered, principal, connection: 'c-1' });
  });
});

describe('releasing', () => {
  it('says why, and tries again', async () => {
    const admission = await reserved();
    await serve(ticketSubjects.release, lost, accepted);
    await admission.release('client_gone');
    expect(requests).toHaveLength(2);
    expect(requests[1]).toMatchObject({ handshake, ticketId, why: 'client_gone' });
  });

  it('stops without an error', async () => {
    const admission = await reserved();
    await bus.close();
    await expect(admission.release('handshake_failed')).resolves.toBeUndefined();
  });
});

describe('redeeming', () => {
  it('tells whom the ticket was for', async () => {
    await serveTime();
    await serve(ticketSubjects.redeem, accepted);
    const redeemed = await client().redeem({ ticket, handshake, context });
    expect(redeemed).toEqual({ kind: 'redeemed', ticketId, principal });
    expect(requests[0]).toMatchObject({ proof: proofOf(ticket), handshake });
  });

  it('rejects a malformed ticket', async () => {
    const rejection = await client().redeem({ ticket: '', handshake, context });
    expect(rejection).toMatchObject({ kind: 'rejected', reason: 'ticket_malformed' });
  });
});

describe('the clock', () => {
  it('is set by the store', async () => {
    await serveTime();
    const clock = createStoreClock();
    expect(await createTicketClient({ requests: bus.requests, clock }).synchronize()).toBe(true);
    expect(clock.synchronized).toBe(true);
    expect(clock.now()).toBeLessThan(STORE_NOW + 10_000);
  });

  it('stays as it is where nobody answers', async () => {
    expect(await client().synchronize()).toBe(false);
  });
});

it('tells a bug from an error of the bus', async () => {
  const broken: Bus['requests'] = { ...bus.requests, request: () => Promise.reject(new TypeError('a bug')) };
  const clock = createStoreClock();
  const { reserve } = createTicketClient({ requests: broken, clock });
  await expect(reserve({ ticket, handshake, context })).rejects.toThrow('a bug');
});
