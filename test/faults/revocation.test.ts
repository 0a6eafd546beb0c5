import { newId } from '@admit-one/core';
import { type Connection, eventually, type FaultProxy, startFaultProxy } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { events } from '../stack/audit-log.ts';
import { logOut, revoke } from '../stack/control.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { connectAdmitted, issueTicket } from '../stack/visitor.ts';
import { describeFaults } from './describe-faults.ts';
import { isLong } from './soundness.ts';

const CONNECTIONS = isLong ? 2_000 : 300;
/** How many of them are opened at a time. */
const AT_A_TIME = 50;
/** By when 99 of 100 must be closed, on a machine that does nothing else. */
const P99_MS = 1_000;

const ENDED = { code: 4501 };

describeFaults('a revocation', () => {
  let stack: ServicesStack;
  let proxy: FaultProxy;

  beforeAll(async () => {
    stack = await startServices({
      variables: { ROUTES: 'default=echo,bounded=echo', REVOCATION_MAX_STALENESS_SECONDS: 'bounded=15' },
      async otherEdgeNatsUrl(engine) {
        proxy = await startFaultProxy(engine);
        return proxy.url(engine.url);
      },
    });
  });
  afterAll(async () => {
    await stack?.stop();
    await proxy?.close();
  });

  const login = (claims: object = {}) => stack.users.token({ sub: newId(), sessionId: newId(), ...claims });

  /** A connection that is confirmed, which the 101 alone does not say. */
  function connectOn(edge: number, token: string, route?: string): Promise<Connection> {
    const opened = async () => {
      const ticket = await issueTicket(stack, token);
      return connectAdmitted(stack, ticket, { edge, ...(route && { route }) });
    };
    return eventually(opened, { what: 'a connection' });
  }

  async function expectNoTicket(token: string): Promise<void> {
    await expect(issueTicket(stack, token)).rejects.toThrow(/401 .*SESSION_REVOKED/);
  }

  test(`closes ${CONNECTIONS} connections over two edges within a second`, async () => {
    const user = newId();
    const token = await login({ sub: user });
    const open: Connection[] = [];
    while (open.length < CONNECTIONS)
      open.push(...(await Promise.all(Array.from({ length: AT_A_TIME }, (_, n) => connectOn(n % 2, token)))));
    const startedAt = performance.now();
    const ends = open.map(async ({ closed }) => {
      expect(await closed).toMatchObject(ENDED);
      return performance.now() - startedAt;
    });
    const { closed, edges } = await revoke(stack, { user });
    const receiptMs = performance.now() - startedAt;
    const ms = (await Promise.all(ends)).sort((one, other) => one - other);
    const [p50 = 0, p99 = 0] = [ms[CONNECTIONS / 2], ms[Math.ceil(CONNECTIONS * 0.99) - 1]];
    console.log(
      `${CONNECTIONS} connections closed: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms; receipt after ${receiptMs.toFixed(0)} ms`,
    );
    expect({ closed, unconfirmed: edges.unconfirmed }).toEqual({ closed: CONNECTIONS, unconfirmed: [] });
    if (isLong) expect(p99).toBeLessThan(P99_MS);
  });

  test('that an edge does not hear of is said so, and closes its connection when the edge is back', async () => {
    const token = await login();
    const [near, far] = [await connectOn(0, token), await connectOn(1, token)];
    proxy.refuse();
    proxy.cut();
    const receipt = await logOut(stack, token);
    expect(receipt).toMatchObject({ closed: 1, edges: { unconfirmed: [expect.any(String)] } });
    expect(await near.closed).toMatchObject(ENDED);
    far.socket.send('still open');
    expect(await far.next()).toBe('still open');

    await proxy.heal();
    expect(await far.closed).toMatchObject(ENDED);
    await eventually(
      async () =>
        expect(await events(stack, { type: 'admit.control.unconfirmed' })).toMatchObject([
          { data: { entry: receipt.id, edges: receipt.edges.unconfirmed } },
        ]),
      { what: 'the event of the unconfirmed edge' },
    );
  });

  test('that an edge might not hear of closes its connections at the staleness bound', async () => {
    const token = await login();
    const [bounded, unbounded] = [await connectOn(1, token, 'bounded'), await connectOn(1, token)];
    proxy.refuse();
    proxy.cut();
    const startedAt = performance.now();
    expect(await bounded.closed).toMatchObject({ code: 1012, reason: 'OUT_OF_DATE' });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    unbounded.socket.send('still open');
    expect(await unbounded.next()).toBe('still open');
    await proxy.heal();
    await unbounded.close();
  });

  test('outlasts a store that restarts empty', async () => {
    const [token, another] = [await login(), await login()];
    await logOut(stack, token);
    const { redis } = stack.engines;
    await redis.kill();
    await redis.start();
    await eventually(() => issueTicket(stack, another), { what: 'a ticket of the next epoch' });
    await expectNoTicket(token);
  });

  test('outlasts a store and every ticket-service that restart empty, by the audit log', async () => {
    const [token, another] = [await login(), await login()];
    const { id } = await logOut(stack, token);
    await eventually(
      async () => {
        const revoked = await events(stack, { type: 'admit.session.revoked' });
        expect(revoked.map(({ subject }) => subject)).toContain(id);
      },
      { what: 'the revocation in the audit log' },
    );
    const { redis } = stack.engines;
    await Promise.all([redis, ...stack.ticketServices].map((process) => process.kill()));
    await Promise.all([redis, ...stack.ticketServices].map((process) => process.start()));
    await eventually(() => issueTicket(stack, another), {
      what: 'a ticket of the next epoch',
    });
    await expectNoTicket(token);
    for (const service of stack.ticketServices) await service.ready();
  });
});
