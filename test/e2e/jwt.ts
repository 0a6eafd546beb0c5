import { newId } from '@admit-one/core';
import { type Connection, type ConnectOptions, connect, eventually } from '@admit-one/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { events, expectStory } from '../stack/audit-log.ts';
import { logOut, type Receipt, revoke, undo } from '../stack/control.ts';
import { FRONTEND, type Stack } from '../stack/stack.ts';
import { carrying, connectWith, issueTicket, persevering, presenting, routeUrl } from '../stack/visitor.ts';

const ADMITTED = ['admit.ticket.issued', 'admit.ticket.reserved', 'admit.ticket.consumed'];

/** A JWT in the place of a ticket, while an application moves to tickets. @param running the stack, known when the tests run */
export function describeJwts(running: () => Stack): void {
  describe('a JWT in an upgrade', () => {
    let receipts: Receipt[] = [];

    afterEach(async () => {
      for (const receipt of receipts) await undo(running(), receipt);
      receipts = [];
    });

    function login(claims: object = {}): Promise<string> {
      return running().users.token({ sub: newId(), sessionId: newId(), ...claims });
    }

    /** A connection whose ticket is confirmed: the 101 comes before that, an echo after it. */
    async function present(
      token: string,
      { edge = 0, query = '', ...options }: ConnectOptions & { edge?: number; query?: string } = {},
    ): Promise<Connection> {
      const url = `${routeUrl(running(), '', edge)}${query}`;
      const connection = await persevering(() => connect(url, { protocols: presenting(token), ...options }));
      connection.socket.send('admitted');
      expect(await connection.next()).toBe('admitted');
      return connection;
    }

    test('admits on every edge, each time with a ticket of its own, and says so in every event', async () => {
      const stack = running();
      const sessionId = newId();
      const token = await login({ sessionId });
      const story: string[] = [];
      let told: Awaited<ReturnType<typeof expectStory>> = [];
      for (const edge of stack.edges.keys()) {
        const connection = await present(token, { edge, query: '?client=admit-one/0.1.0' });
        await connection.close();
        story.push(...ADMITTED, 'admit.connection.closed');
        // The next one begins after the end of this one is told: edges close at their own pace.
        told = await expectStory(stack, { session: sessionId, pathway: 'jwt' }, story);
      }
      const tickets = new Set(told.map(({ subject, data }) => data.ticketId ?? subject));
      expect(tickets.size).toBe(stack.edges.length);
      for (const { type, data } of told)
        if (type !== 'admit.connection.closed')
          expect(data).toMatchObject({ route: 'default', client: 'admit-one/0.1.0' });
    });

    test('may be as long as a token may be', async () => {
      const token = await login({ groups: Array.from({ length: 250 }, newId) });
      expect(token.length).toBeGreaterThan(8_192);
      await (await present(token)).close();
    });

    test('that is not accepted is rejected with the code of a token, by HTTP and for a browser', async () => {
      const stack = running();
      const expired = await login({ exp: 1_700_000_000 });
      await expect(present(expired)).rejects.toMatchObject({
        status: 401,
        problem: { code: 'INVALID_TOKEN' },
      });
      const inBrowser = await connect(routeUrl(stack), {
        ...{ protocols: presenting(expired), origin: FRONTEND },
      });
      expect(await inBrowser.closed).toEqual({ code: 4401, reason: 'INVALID_TOKEN' });
      const query = { type: 'admit.handshake.rejected', reason: 'token_invalid', pathway: 'jwt' };
      await expectStory(stack, query, [query.type, query.type]);
    });

    test('is rejected where the percentage of its route is 0', async () => {
      const stack = running();
      const token = await login();
      await expect(connect(routeUrl(stack, 'chat'), { protocols: presenting(token) })).rejects.toMatchObject({
        status: 401,
        problem: { code: 'NOT_AUTHORIZED' },
      });
      const query = { type: 'admit.handshake.rejected', reason: 'jwt_pathway_closed' };
      await expectStory(stack, query, [query.type]);
    });

    test('does not save a ticket that fails', async () => {
      const stack = running();
      const token = await login();
      const spent = await issueTicket(stack, token);
      await (await connectWith(stack, spent)).close();
      for (const shown of [carrying(spent.ticket), ['ticket.malformed'], []]) {
        const url = shown.length === 0 ? `${routeUrl(stack)}?ticket=${spent.ticket}` : routeUrl(stack);
        const protocols = [...new Set([...presenting(token), ...shown])];
        await expect(connect(url, { protocols })).rejects.toMatchObject({ status: 401 });
      }
    });

    test('of a session that logs out admits no more, and its connections are closed', async () => {
      const stack = running();
      const sessionId = newId();
      const token = await login({ sessionId });
      const open = await Promise.all(stack.edges.map((_, edge) => present(token, { edge })));
      expect(await logOut(stack, token)).toMatchObject({ closed: stack.edges.length });
      for (const { closed } of open) expect(await closed).toMatchObject({ code: 4501 });
      await expect(present(token)).rejects.toMatchObject({
        status: 401,
        problem: { code: 'SESSION_REVOKED' },
      });
      // The type says who rejected it: an instance that knew of the revocation, or the store.
      const query = { reason: 'session_revoked', pathway: 'jwt' };
      const rejections = async () =>
        (await events(stack, query)).filter(({ type }) => type.endsWith('.rejected'));
      await eventually(async () => expect(await rejections()).toHaveLength(1), { what: 'the rejection' });
    });

    test('admits nobody while issuing is paused', async () => {
      const stack = running();
      receipts.push(await revoke(stack, { pause: true }, 'actions'));
      await expect(present(await login())).rejects.toMatchObject({
        status: 503,
        problem: { code: 'ISSUING_PAUSED' },
      });
    });

    test('is counted by its pathway, for those who ask how many are left', async () => {
      const stack = running();
      const headers = { authorization: `Bearer ${await stack.operatorToken()}` };
      const url = `${stack.audit}/api/v1/audit/summary?by=pathway&type=admit.ticket.consumed`;
      await eventually(
        async () => {
          const { rows } = (await (await fetch(url, { headers })).json()) as {
            rows: { pathway: string; count: number }[];
          };
          expect(rows.find(({ pathway }) => pathway === 'jwt')?.count).toBeGreaterThan(0);
        },
        { what: 'the count' },
      );
      const metrics = await Promise.all(stack.metrics.map(async (target) => (await fetch(target)).text()));
      expect(metrics.join('\n')).toMatch(
        /^admit_jwt_handshakes_total\{(?=.*route="default")(?=.*client="admit-one\/0.1.0")(?=.*outcome="admitted").*\} [1-9]/m,
      );
    });
  });
}
