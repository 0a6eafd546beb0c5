import { newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectStory } from '../stack/audit-log.ts';
import { FRONTEND, type Stack } from '../stack/stack.ts';
import { connectAdmitted, connectWith, issueTicket, requestStatus, type Ticket } from '../stack/visitor.ts';

/** @param running the stack, known when the tests run */
export function describeTicketStatus(running: () => Stack): void {
  describe('the status of a ticket', () => {
    let stack: Stack;
    let alice: string;

    beforeAll(async () => {
      stack = running();
      alice = await stack.users.token({ sub: 'alice', sessionId: 'login-1' });
    });

    /** What a page of the frontend is told, letter by letter. */
    async function statusOf(ticket: string, token = alice): Promise<string> {
      const response = await requestStatus(stack, ticket, token, { origin: FRONTEND });
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('access-control-allow-origin')).toBe(FRONTEND);
      expect(response.status).toBe(200);
      return response.text();
    }

    async function expectStatus({ ticket, ticketId }: Ticket, state: string, reason: string | null) {
      const lastRejection = reason && { reason, code: 'NOT_AUTHORIZED' };
      expect(JSON.parse(await statusOf(ticket))).toEqual({ ticketId, state, lastRejection });
    }

    test('says why a connection failed, to nobody but the session that may know', async () => {
      const issued = await issueTicket(stack, alice, { route: 'echo' });
      await expectStatus(issued, 'issued', null);
      await connectWith(stack, issued, { route: 'bridge' }).catch(() => {});
      await expectStatus(issued, 'issued', 'route_mismatch');
      const connection = await connectAdmitted(stack, issued, { route: 'echo' });
      await expectStatus(issued, 'consumed', 'route_mismatch');
      await connectWith(stack, issued, { route: 'echo', edge: 1 }).catch(() => {});
      await expectStatus(issued, 'consumed', 'ticket_replayed');
      await connection.close();

      const madeUp = newTicket();
      const unknown = (await statusOf(madeUp)).replace(ticketIdOf(proofOf(madeUp)), issued.ticketId);
      const bob = await stack.users.token({ sub: 'bob', sessionId: 'login-2' });
      expect(await statusOf(issued.ticket, bob)).toBe(unknown);
      expect(JSON.parse(unknown)).toMatchObject({ state: 'unknown', lastRejection: null });
      const story = await expectStory(stack, { ticket: issued.ticketId, type: 'admit.ticket.rejected' }, [
        'admit.ticket.rejected',
        'admit.ticket.rejected',
      ]);
      expect(story.map(({ data }) => data.reason)).toEqual(['route_mismatch', 'ticket_replayed']);
      expect(stack.logs()).not.toContain(issued.ticket);
    });

    test('knows nothing of what an edge rejects by itself', async () => {
      const issued = await issueTicket(stack, alice);
      const rejected = await connectWith(stack, issued, { origin: 'https://evil.example' });
      expect(await rejected.closed).toEqual({ code: 1008, reason: 'ORIGIN_BLOCKED' });
      await expectStatus(issued, 'issued', null);
    });

    test('is not all: what never reached a server is told with the next request', async () => {
      const lastFailure = { code: 1006, reason: 'NETWORK', phase: 'connecting', attempts: 2, at: Date.now() };
      const { ticketId } = await issueTicket(stack, alice, { lastFailure });
      const [issued] = await expectStory(stack, { ticket: ticketId }, ['admit.ticket.issued']);
      expect(issued?.data.lastFailure).toEqual(lastFailure);
    });
  });
}
