import { newId, newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { type Rejection, type Reserved, rejectionOf, type TicketClient } from '@admit-one/ticket-client';
import { describe, expect, it } from 'vitest';
import type { AdmissionRules } from './admission-rules.ts';
import { admitUpgrade, type UpgradeSteps } from './admit-upgrade.ts';
import { parseHandshake } from './handshake/handshake-context.ts';
import { createHandshakeDeadline } from './handshake-deadline.ts';

const principal = {
  issuer: 'main',
  session: 's-1',
  sessionFrom: 'sid',
  user: null,
  tokenIssuedAt: 0,
  kid: null,
  attributes: {},
};
const ticket = newTicket();
const ticketId = ticketIdOf(proofOf(ticket));

interface FakeSocket {
  close(code: number, text: string): void;
  resume(): void;
}

/** Runs an upgrade whose steps write down what happens, in its order. */
async function run(
  steps: Partial<UpgradeSteps<FakeSocket>> = {},
  rules: Partial<AdmissionRules<Rejection>> = {},
  confirm: () => ReturnType<Reserved['confirm']> = async () => ({ kind: 'confirmed' }),
  rejectedReserve?: Rejection,
) {
  const log: string[] = [];
  const recorded: Rejection[] = [];
  const request = { target: `/ws?ticket=${ticket}`, headers: {}, address: null, traceOf: () => trace };
  const handshake = parseHandshake(request, { carriers: ['query'], routeOf: () => 'chat', instance: 'i' });
  const client: Pick<TicketClient, 'reserve'> = {
    reserve: async () => {
      log.push('reserve');
      if (rejectedReserve) return rejectedReserve;
      return {
        kind: 'reserved',
        ticketId,
        principal,
        async confirm() {
          log.push('confirm');
          return confirm();
        },
        async release(why) {
          log.push(`release: ${why}`);
        },
      };
    },
  };
  const outcome = await admitUpgrade<FakeSocket>(
    handshake,
    client,
    {
      checks: [],
      limit: () => undefined,
      reject(_, rejection) {
        recorded.push(rejection);
        return rejection;
      },
      onError: (error) => log.push(`bug: ${error}`),
      newId,
      inFlight,
      ...rules,
    },
    {
      accept() {
        log.push('101');
        return {
          close: (code, text) => log.push(`close ${code} ${text}`),
          resume: () => log.push('resume'),
        };
      },
      answer: ({ reason }) => log.push(`answer ${reason}`),
      open: () => log.push('open'),
      draining: () => false,
      ...steps,
    },
  );
  expect(inFlight.count).toBe(0);
  expect(recorded).toHaveLength(outcome.kind === 'rejected' ? 1 : 0);
  return { outcome, log, recorded };
}

const trace = { traceId: 'trace', traceparent: null };
const inFlight = { count: 0 };
const bug = () => {
  throw new Error('a bug');
};

describe('an upgrade', () => {
  it('reserves, answers, confirms and opens, in this order', async () => {
    const { outcome, log } = await run();
    expect(log).toEqual(['reserve', '101', 'confirm', 'open']);
    expect(outcome).toMatchObject({ kind: 'admitted', ticketId, principal });
  });

  it('is answered and recorded once where a check fails, and no ticket is asked about', async () => {
    const { log, recorded } = await run({}, { checks: [() => ({ reason: 'draining' })] });
    expect(log).toEqual(['answer draining']);
    expect(recorded).toMatchObject([{ reason: 'draining', recorded: false, ticketId }]);
  });

  it('is answered, and in flight no more, where the reserve is rejected', async () => {
    const { log } = await run({}, {}, undefined, rejectionOf('ticket_expired', { ticketId }));
    expect(log).toEqual(['reserve', 'answer ticket_expired']);
  });

  it('gives the ticket back where a drain began during the reserve', async () => {
    const { log } = await run({ draining: () => true });
    expect(log).toEqual(['reserve', 'release: draining', 'answer draining']);
  });

  it('gives the ticket back where the client is gone, and records no rejection', async () => {
    const { outcome, log } = await run({ accept: () => undefined });
    expect(log).toEqual(['reserve', 'release: client_gone']);
    expect(outcome).toEqual({ kind: 'abandoned', ticketId });
  });

  it('closes the WebSocket where the confirm is rejected, and reads on for its close frame', async () => {
    const rejection = rejectionOf('reservation_lost', { recorded: true, ticketId });
    const { log, recorded } = await run({}, {}, async () => rejection);
    expect(log).toEqual(['reserve', '101', 'confirm', 'close 4409 RESERVATION_LOST', 'resume']);
    expect(recorded).toMatchObject([{ recorded: true, principal, connection: expect.any(String) }]);
  });

  it('closes the WebSocket where the confirm takes too long', async () => {
    const { log } = await run({}, { deadline: createHandshakeDeadline(50) }, () => new Promise(() => {}));
    expect(log).toEqual(['reserve', '101', 'confirm', 'close 1013 UNAVAILABLE', 'resume']);
  });

  it.each([
    [
      'sending the 101',
      { accept: bug },
      ['reserve', 'bug: Error: a bug', 'release: handshake_failed', 'answer internal'],
    ],
    [
      'opening',
      { open: bug },
      ['reserve', '101', 'confirm', 'bug: Error: a bug', 'close 1011 INTERNAL', 'resume'],
    ],
  ])('rejects as INTERNAL where %s fails', async (_, steps, expected) => {
    expect((await run(steps)).log).toEqual(expected);
  });
});

describe('the step before the 101', () => {
  it('is awaited between the reserve and the 101', async () => {
    const order: string[] = [];
    const { log } = await run({
      async beforeUpgrade(reservation) {
        await new Promise((resolve) => setImmediate(resolve));
        order.push(reservation.ticketId);
        return undefined;
      },
      accept() {
        order.push('101');
        return { close() {}, resume() {} };
      },
    });
    expect(order).toEqual([ticketId, '101']);
    expect(log).toEqual(['reserve', 'confirm', 'open']);
  });

  it('rejects the handshake with its reason, and gives the ticket back', async () => {
    const cause = new Error('refused');
    const { log, recorded } = await run({
      beforeUpgrade: async () => ({ reason: 'upstream_rejected', cause }),
    });
    expect(log).toEqual(['reserve', 'release: upstream_failed', 'answer upstream_rejected']);
    expect(recorded).toMatchObject([{ reason: 'upstream_rejected', ticketId, principal, cause }]);
  });

  it('has the time that the handshake has left', async () => {
    const { log } = await run(
      { beforeUpgrade: () => new Promise(() => {}) },
      { deadline: createHandshakeDeadline(50) },
    );
    expect(log).toEqual(['reserve', 'release: upstream_failed', 'answer upstream_failed']);
  });

  it('rejects as INTERNAL where it throws', async () => {
    const { log } = await run({ beforeUpgrade: async () => bug() });
    expect(log).toEqual(['reserve', 'bug: Error: a bug', 'release: handshake_failed', 'answer internal']);
  });
});
