import { connect, openSocket, UpgradeRefused } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNothingMissing, expectRejections, expectStory } from '../stack/audit-log.ts';
import { describeStacks } from '../stack/describe-stacks.ts';
import { FRONTEND, type Stack } from '../stack/stack.ts';
import { carrying, connectWith, issueTicket, routeUrl, type Ticket } from '../stack/visitor.ts';

/** Asks for a ticket as a page of that origin does. */
async function askFrom(stack: Stack, origin: string): Promise<Response> {
  const authorization = `Bearer ${await stack.users.token()}`;
  return fetch(`${stack.tickets}/api/websocket/ticket`, {
    method: 'POST',
    headers: { authorization, origin },
  });
}

describeStacks('origins', ({ start }) => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await start({
      FRONTEND_ORIGINS: `${FRONTEND},https://*.preview.example.com,https://B\u00fccher.example/,capacitor://localhost`,
    });
  });

  afterAll(async () => {
    await expectNothingMissing(stack);
    await stack.stop();
  });

  const blocked = [
    ['another', 'https://evil.example'],
    ['nobody in particular', 'null'],
    ['nothing', ''],
    ['another scheme', 'http://app.example.com'],
    ['another port', 'https://app.example.com:8443'],
    ['the default port', 'https://app.example.com:443'],
    ['a suffix', 'https://app.example.com.evil.example'],
    ['a prefix', 'https://xapp.example.com'],
    ['a substring', 'https://evil.example/https://app.example.com'],
    ['a user name', 'https://app.example.com@evil.example'],
    ['a trailing slash', 'https://app.example.com/'],
    ['a trailing dot', 'https://app.example.com.'],
    ['another case', 'https://App.example.com'],
    ['the name that browsers put in ASCII', 'https://b\u00fccher.example'],
    ["a wildcard's parent", 'https://preview.example.com'],
    ['a suffix of a wildcard', 'https://a.preview.example.com.evil.example'],
    ['an empty label in a wildcard', 'https://.preview.example.com'],
    ['two of a wildcard', 'https://a.preview.example.com, https://b.preview.example.com'],
    ["another app's", 'capacitor://evil'],
  ] as const;

  /** Of those above, what no browser would call itself. */
  const unreadable: readonly string[] = [
    ...['nobody in particular', 'nothing', 'a substring', 'a user name', 'a trailing slash', 'another case'],
    ...['the name that browsers put in ASCII', 'two of a wildcard'],
  ];

  test('a blocked origin is closed with 1008 and audited, and the ticket stays good', async () => {
    const issued = await issueTicket(stack);
    for (const [what, origin] of blocked) {
      const raw = await openSocket(routeUrl(stack), { protocols: carrying(issued.ticket), origin });
      expect((await raw.closed).close, what).toEqual({ code: 1008, reason: 'ORIGIN_BLOCKED' });
    }
    const counts = await expectRejections(stack, { type: 'admit.handshake.rejected' }, blocked.length);
    expect(counts).toEqual({ origin_blocked: blocked.length });

    await (await connectWith(stack, issued, { origin: FRONTEND })).close();
    await expectStory(stack, { ticket: issued.ticketId, type: 'admit.ticket.consumed' }, [
      'admit.ticket.consumed',
    ]);
  });

  test('a blocked origin gets no ticket, may read that, and is audited', async () => {
    for (const [what, origin] of blocked) {
      const response = await askFrom(stack, origin);
      expect(await response.json(), what).toMatchObject({ status: 403, code: 'ORIGIN_BLOCKED' });
      const readableBy = unreadable.includes(what) ? null : origin;
      expect(response.headers.get('access-control-allow-origin'), what).toBe(readableBy);
    }
    const counts = await expectRejections(stack, { type: 'admit.issuance.rejected' }, blocked.length);
    expect(counts).toEqual({ origin_blocked: blocked.length });
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

describeStacks('REQUIRE_ORIGIN', ({ start }) => {
  test('refuses a client without an origin with 403', async () => {
    const stack = await start({ REQUIRE_ORIGIN: 'true' });
    const { ticket } = await issueTicket(stack);
    const refused = await connect(routeUrl(stack), { protocols: carrying(ticket) }).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(UpgradeRefused);
    expect(refused).toMatchObject({ status: 403, problem: { code: 'ORIGIN_BLOCKED' } });
    await stack.stop();
  });
});
