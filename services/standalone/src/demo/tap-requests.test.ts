import { createMemoryBus } from '@admit-one/adapter-memory';
import { handshakeKeyOf, newId } from '@admit-one/core';
import { nowhere, samplePrincipal } from '@admit-one/testkit';
import { instanceSubject, ticketSubjects } from '@admit-one/ticket-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tapRequests } from './tap-requests.ts';

const principal = samplePrincipal();
const accepted = { kind: 'accepted', now: 0, principal };
const common = { command: newId(), handshake: handshakeKeyOf(undefined), context: nowhere, deadline: 0 };
const ofTicket = { ...common, proof: handshakeKeyOf(undefined) };
const { reserve, exchange, confirm } = ticketSubjects;

function failTest(error: unknown): never {
  throw error;
}

describe('the sessions of connections', () => {
  /** What is told of a request that a subject answers like this. */
  async function toldOf(subject: string, body: object, reply: object): Promise<readonly unknown[]> {
    const bus = createMemoryBus({ onError: failTest });
    onTestFinished(() => bus.close());
    const told: unknown[] = [];
    const requests = tapRequests(bus.requests, (...reservation) => told.push(reservation));
    await requests.serve(subject, async () => reply);
    expect(await requests.request(subject, body, 10_000)).toEqual(reply);
    return told;
  }

  test.each([
    ['a reservation', reserve, ofTicket],
    // A reply that is overdue is asked of one instance by name.
    ['a reservation by one instance', instanceSubject(reserve, 'one'), ofTicket],
    ['an exchange', exchange, { ...ofTicket, token: 'a.b.c' }],
  ])('are told by %s', async (_, subject, body) => {
    expect(await toldOf(subject, body, accepted)).toEqual([[common.handshake, principal]]);
  });

  test.each([
    [
      'a rejection',
      reserve,
      ofTicket,
      { kind: 'rejected', now: 0, reason: 'ticket_expired', recorded: true },
    ],
    ['a confirm', confirm, { ...common, ticketId: ofTicket.proof, connection: newId() }, accepted],
  ])('are not told by %s', async (_, subject, body, reply) => {
    expect(await toldOf(subject, body, reply)).toEqual([]);
  });
});
