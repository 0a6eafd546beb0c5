import { newId } from '@admit-one/core';
import { eventually, openSocket } from '@admit-one/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { events, expectStory } from '../stack/audit-log.ts';
import { FRONTEND, type Stack } from '../stack/stack.ts';
import { carrying, connectWith, issueTicket, routeUrl, type Ticket } from '../stack/visitor.ts';

/** Asks for a ticket as a page of that origin does. */
async function askFrom(stack: Stack, origin: string, agent = 'test'): Promise<Response> {
  const authorization = `Bearer ${await stack.users.token()}`;
  return fetch(`${stack.tickets}/api/websocket/ticket`, {
    method: 'POST',
    headers: { authorization, origin, 'user-agent': agent },
  });
}

/** @param running the stack, known when the tests run */
export function describeOrigins(running: () => Stack): void {
  describe('origins', () => {
    let stack: Stack;

    beforeAll(async () => {
      stack = running();
    });

    /** The tests of the origin policy have the others. */
    const blocked = [
      { what: 'another', origin: 'https://evil.example', readable: true },
      { what: 'an opaque one', origin: 'null', readable: false },
      { what: 'another port', origin: 'https://app.example.com:8443', readable: true },
      { what: 'a trailing dot', origin: 'https://app.example.com.', readable: true },
      { what: 'not in ASCII', origin: 'https://b\u00fccher.example', readable: false },
      { what: "a wildcard's parent", origin: 'https://preview.example.com', readable: true },
    ] as const;

    /** Expects one rejection for each blocked origin. */
    async function expectBlocked(
      type: 'admit.handshake.rejected' | 'admit.issuance.rejected',
      agent: string,
    ) {
      await eventually(
        async () => {
          const rejected = await events(stack, { type, reason: 'origin_blocked' });
          const origins = rejected
            .map(({ data }) => data.context as { agent: string; origin: string })
            .filter((context) => context.agent === agent)
            .map(({ origin }) => origin);
          expect(origins).toHaveLength(blocked.length);
        },
        { what: `the ${type} of each origin`, everyMs: 50 },
      );
    }

    test('a blocked origin is closed with 1008 and audited, and the ticket stays good', async () => {
      const issued = await issueTicket(stack);
      const agent = newId();
      for (const { what, origin } of blocked) {
        const raw = await openSocket(routeUrl(stack), {
          ...{ protocols: carrying(issued.ticket), origin, headers: { 'user-agent': agent } },
        });
        expect((await raw.closed).close, what).toEqual({ code: 1008, reason: 'ORIGIN_BLOCKED' });
      }
      await expectBlocked('admit.handshake.rejected', agent);

      await (await connectWith(stack, issued, { origin: FRONTEND })).close();
      await expectStory(stack, { ticket: issued.ticketId, type: 'admit.ticket.consumed' }, [
        'admit.ticket.consumed',
      ]);
    });

    test('a blocked origin gets no ticket, may read that, and is audited', async () => {
      const agent = newId();
      for (const { what, origin, readable } of blocked) {
        const response = await askFrom(stack, origin, agent);
        expect(await response.json(), what).toMatchObject({ status: 403, code: 'ORIGIN_BLOCKED' });
        const readableBy = readable ? origin : null;
        expect(response.headers.get('access-control-allow-origin'), what).toBe(readableBy);
      }
      await expectBlocked('admit.issuance.rejected', agent);
    });

    test('a blocked browser without a subprotocol is told too', async () => {
      const { ticket } = await issueTicket(stack);
      const raw = await openSocket(`${routeUrl(stack)}?ticket=${ticket}`, { origin: 'https://evil.example' });
      expect((await raw.response()).headers['sec-websocket-protocol']).toBeUndefined();
      expect((await raw.closed).close).toEqual({ code: 1008, reason: 'ORIGIN_BLOCKED' });
    });

    test.each([
      FRONTEND,
      'https://a.preview.example.com',
      'https://a.b.preview.example.com',
      'https://xn--bcher-kva.example',
      'capacitor://localhost',
    ])('%s gets a ticket and is let in', async (origin) => {
      const response = await askFrom(stack, origin);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      const connection = await connectWith(stack, (await response.json()) as Ticket, { origin });
      expect((await connection.close()).code).toBe(1000);
    });

    test('a client without an origin is let in', async () => {
      const connection = await connectWith(stack, await issueTicket(stack));
      expect((await connection.close()).code).toBe(1000);
    });
  });
}
