import { createStoreClock, handshakeKeyOf, newId, newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import {
  connect,
  eventually,
  newWebSocketKey,
  nowhere,
  openSocket,
  UpgradeRejected,
} from '@admit-one/testkit';
import { createTicketClient } from '@admit-one/ticket-client';
import { beforeAll, describe, expect, test } from 'vitest';
import { events, expectStory } from '../stack/audit-log.ts';
import { FRONTEND, type Stack } from '../stack/stack.ts';
import {
  carrying,
  connectAdmitted,
  connectWith,
  issueTicket,
  persevering,
  routeUrl,
} from '../stack/visitor.ts';
import { TTL_SECONDS } from './variables.ts';

const ADMITTED = ['admit.ticket.issued', 'admit.ticket.reserved', 'admit.ticket.consumed'] as const;

/** @param running the stack, known when the tests run */
export function describeAdmission(running: () => Stack): void {
  describe('admission', () => {
    let stack: Stack;

    beforeAll(async () => {
      stack = running();
    });

    async function rejectedAsProgram(
      url: string,
      protocols: readonly string[] = [],
    ): Promise<UpgradeRejected> {
      const rejected = await persevering(() => connect(url, { protocols })).catch((error: unknown) => error);
      expect(rejected).toBeInstanceOf(UpgradeRejected);
      return rejected as UpgradeRejected;
    }

    async function rejectedAsBrowser(url: string, protocols: readonly string[]) {
      const connection = await connect(url, { protocols, origin: FRONTEND });
      return connection.closed;
    }

    test('the subprotocol carries a ticket, and the answer names admit.v1', async () => {
      const issued = await issueTicket(stack, await stack.users.token({ sub: 'alice', sessionId: 's-1' }));
      const connection = await connectWith(stack, issued, { origin: FRONTEND });
      expect(connection.socket.protocol).toBe('admit.v1');
      await connection.close();

      const story = await expectStory(stack, { ticket: issued.ticketId, type: ADMITTED[2] }, [ADMITTED[2]]);
      const id = String(story[0]?.data.connection);
      expect(story[0]?.data).toMatchObject({
        principal: { session: 's-1', user: 'alice' },
        context: {
          origin: FRONTEND,
          carrier: 'subprotocol',
          route: 'default',
          address: expect.stringMatching(/127\.0\.0\.1$/),
        },
      });
      await expectStory(stack, { connection: id }, ['admit.ticket.consumed', 'admit.connection.closed']);
    });

    test('the query carries a ticket', async () => {
      const { ticket, ticketId } = await issueTicket(stack);
      const connection = await persevering(() => connect(`${routeUrl(stack)}?ticket=${ticket}`));
      expect(connection.socket.protocol).toBe('');
      await connection.close();
      const story = await expectStory(stack, { ticket: ticketId, type: ADMITTED[2] }, [ADMITTED[2]]);
      expect(story[0]?.data).toMatchObject({ context: { carrier: 'query' } });
    });

    test.each(['/ws', '/api/ws', '/ws/echo', '/api/ws/echo'])('%s admits', async (path) => {
      const { ticket } = await issueTicket(stack);
      const connection = await persevering(() =>
        connect(stack.edges[0] + path, { protocols: carrying(ticket) }),
      );
      expect((await connection.close()).code).toBe(1000);
    });

    test('the whole story of a ticket is told in order', async () => {
      const issued = await issueTicket(stack);
      const connection = await connectWith(stack, issued);
      await connection.close();
      const story = await expectStory(stack, { ticket: issued.ticketId }, [
        ...ADMITTED,
        'admit.connection.closed',
      ]);
      const partitions = new Set(story.slice(0, 3).map(({ partitionkey }) => partitionkey));
      expect(partitions.size).toBe(1);
      const traces = story.slice(1, 3).map(({ traceparent }) => traceparent?.slice(3, 35));
      expect(new Set(traces).size).toBe(1);
    });

    test('a second use is rejected, and audited as replayed with the connection it had opened', async () => {
      const issued = await issueTicket(stack);
      const connection = await connectAdmitted(stack, issued);
      const rejected = await rejectedAsProgram(routeUrl(stack), carrying(issued.ticket));
      expect(rejected.status).toBe(401);
      expect(rejected.problem).toMatchObject({ code: 'NOT_AUTHORIZED', status: 401 });
      expect(connection.socket.readyState).toBe(connection.socket.OPEN);
      await connection.close();

      const rejections = await expectStory(
        stack,
        { ticket: issued.ticketId, type: 'admit.ticket.rejected' },
        ['admit.ticket.rejected'],
      );
      const [consumed] = await expectStory(
        stack,
        { ticket: issued.ticketId, type: 'admit.ticket.consumed' },
        ['admit.ticket.consumed'],
      );
      expect(rejections[0]?.data).toMatchObject({
        reason: 'ticket_replayed',
        connection: consumed?.data.connection,
        count: 1,
      });
    });

    test('a browser is told by a close frame', async () => {
      const issued = await issueTicket(stack);
      const connection = await connectWith(stack, issued, { origin: FRONTEND });
      expect(await rejectedAsBrowser(routeUrl(stack), carrying(issued.ticket))).toEqual({
        code: 4401,
        reason: 'NOT_AUTHORIZED',
      });
      await connection.close();
    });

    test('an unknown ticket is rejected', async () => {
      const ticket = newTicket();
      expect((await rejectedAsProgram(routeUrl(stack), carrying(ticket))).status).toBe(401);
      const story = await expectStory(stack, { ticket: ticketIdOf(proofOf(ticket)) }, [
        'admit.ticket.rejected',
      ]);
      expect(story[0]?.data).toMatchObject({ reason: 'ticket_unknown', principal: null });
    });

    test('a rejected upgrade says the same whatever the reason', async () => {
      const used = await issueTicket(stack);
      await (await connectWith(stack, used)).close();
      const replayed = await rejectedAsProgram(routeUrl(stack), carrying(used.ticket));
      const unknown = await rejectedAsProgram(routeUrl(stack), carrying(newTicket()));
      const missing = await rejectedAsProgram(routeUrl(stack));
      const withoutTrace = ({ problem: { traceId: _, ...rest } }: UpgradeRejected) => rest;
      expect(withoutTrace(unknown)).toEqual(withoutTrace(replayed));
      expect(withoutTrace(missing)).toEqual(withoutTrace(replayed));
    });

    const unusable: readonly (readonly [what: string, reason: string, query: (ticket: string) => string])[] =
      [
        ['none', 'ticket_missing', () => ''],
        ['NUL behind it', 'ticket_malformed', (ticket) => `?ticket=${ticket}%00`],
      ];

    test.each(unusable)(
      '%s for a ticket is rejected by the edge, in exactly one event',
      async (_, reason, query) => {
        const { ticket, ticketId } = await issueTicket(stack);
        const from = new Date(Date.now() - 5_000).toISOString();
        const userAgent = `test-${newId()}`;
        const raw = await openSocket(`${routeUrl(stack)}${query(ticket)}`, {
          headers: { 'user-agent': userAgent },
        });
        expect((await raw.response()).status).toBe(401);
        await raw.closed;
        const ours = async () =>
          (await events(stack, { type: 'admit.handshake.rejected', reason, from })).filter(
            ({ data }) => (data.context as { agent: string }).agent === userAgent,
          );
        await expect.poll(ours).toHaveLength(1);
        await expectStory(stack, { ticket: ticketId }, ['admit.ticket.issued']);
      },
    );

    test.each([
      {
        ...{ bound: 'a route', to: { route: 'echo' }, elsewhere: 'bridge', reason: 'route_mismatch' },
        home: { route: 'echo' },
      },
      {
        ...{ bound: 'an origin', to: { origin: FRONTEND }, elsewhere: undefined, reason: 'origin_mismatch' },
        home: { origin: FRONTEND },
      },
    ])('a ticket bound to $bound is rejected elsewhere, and still good at home', async (row) => {
      const { to, elsewhere, home, reason } = row;
      const issued = await issueTicket(stack, undefined, to);
      const rejected = await rejectedAsProgram(routeUrl(stack, elsewhere), carrying(issued.ticket));
      expect(rejected.status).toBe(401);
      const connection = await connectWith(stack, issued, home);
      await connection.close();
      const story = await expectStory(stack, { ticket: issued.ticketId }, [
        'admit.ticket.issued',
        'admit.ticket.rejected',
        'admit.ticket.reserved',
        'admit.ticket.consumed',
        'admit.connection.closed',
      ]);
      expect(story[1]?.data.reason).toBe(reason);
    });

    test('a route that is not configured is not there', async () => {
      const { ticket, ticketId } = await issueTicket(stack);
      const rejected = await rejectedAsProgram(routeUrl(stack, 'nowhere'), carrying(ticket));
      expect(rejected.status).toBe(404);
      expect(rejected.problem.code).toBe('ROUTE_UNKNOWN');
      await expectStory(stack, { ticket: ticketId }, ['admit.ticket.issued', 'admit.handshake.rejected']);
    });

    test('a ticket survives handshakes that the client breaks off, and admits the next', async () => {
      let issued = await issueTicket(stack);
      const eventsOf = async (type: string) =>
        (await events(stack, { ticket: issued.ticketId, type: `admit.ticket.${type}` })).length;
      let issuedAt = performance.now();
      let released = 0;
      for (let survived = 0; survived < 3 || released === 0; ) {
        const broken = await openSocket(routeUrl(stack), { protocols: carrying(issued.ticket) });
        broken.abort();
        await broken.closed;
        // A reset may overtake the request, which an edge that is busy has then never read, or come as late as the 101.
        await expect
          .poll(async () => (await eventsOf('released')) + (await eventsOf('consumed')), {
            timeout: (TTL_SECONDS * 1_000) / 2,
          })
          .toBeGreaterThan(released)
          .catch(() => {});
        const before = released;
        released = await eventsOf('released');
        survived += released - before;
        const isGood = performance.now() - issuedAt < (TTL_SECONDS * 1_000) / 2;
        if (isGood && (await eventsOf('consumed')) === 0) continue;
        issued = await issueTicket(stack);
        issuedAt = performance.now();
        released = 0;
      }
      const connection = await connectWith(stack, issued);
      await connection.close();
      const reservedAndReleased = ['admit.ticket.reserved', 'admit.ticket.released'];
      await expectStory(stack, { ticket: issued.ticketId }, [
        'admit.ticket.issued',
        ...Array.from({ length: released }, () => reservedAndReleased).flat(),
        'admit.ticket.reserved',
        'admit.ticket.consumed',
        'admit.connection.closed',
      ]);
    });

    test('a handshake of three passes reserves once and consumes once', async () => {
      const { ticket, ticketId } = await issueTicket(stack);
      const clock = createStoreClock();
      const client = createTicketClient({ requests: stack.requests, clock });
      const handshake = handshakeKeyOf(newWebSocketKey());
      const passes = [];
      for (let pass = 0; pass < 3; pass += 1)
        passes.push(await client.reserve({ ticket, handshake, context: nowhere }));
      expect(passes.map(({ kind }) => kind)).toEqual(['reserved', 'reserved', 'reserved']);

      const [last] = passes.slice(-1);
      const confirmed = last?.kind === 'reserved' ? await last.confirm(newId()) : undefined;
      expect(confirmed?.kind).toBe('confirmed');
      await expectStory(stack, { ticket: ticketId }, [...ADMITTED]);
    });

    test('a pass that broke and the next one of its key end in one connection', async () => {
      // An RST can overtake the request, which the edge then does not see, or come as late as the 101.
      const { issued, key } = await eventually(
        async () => {
          const given = { issued: await issueTicket(stack), key: newWebSocketKey() };
          const { ticket, ticketId } = given.issued;
          const broken = await openSocket(routeUrl(stack), { protocols: carrying(ticket), key: given.key });
          broken.abort();
          await broken.closed;
          const query = { ticket: ticketId, type: 'admit.ticket.released' };
          await expect.poll(() => events(stack, query), { timeout: 2_000 }).not.toHaveLength(0);
          return given;
        },
        { what: 'a pass that is given back' },
      );
      const last = await openSocket(routeUrl(stack), { protocols: carrying(issued.ticket), key });
      expect((await last.response()).status).toBe(101);
      await expect
        .poll(() => events(stack, { ticket: issued.ticketId, type: 'admit.ticket.consumed' }))
        .toHaveLength(1);
      last.abort();
      await last.closed;
    });
  });
}
