import { connect, openSocket, UpgradeRefused } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FRONTEND, type Stack } from '../stack/stack.ts';
import { describeStacks } from './describe-stacks.ts';
import { expectNothingMissing, expectRejections, expectStory } from './trail.ts';
import { carrying, connectWith, issueTicket, routeUrl } from './visitor.ts';

describeStacks('origins', ({ start }) => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await start({ FRONTEND_ORIGINS: `${FRONTEND},https://*.preview.example.com` });
  });

  afterAll(async () => {
    await expectNothingMissing(stack);
    await stack.stop();
  });

  const blocked = [
    'https://evil.example',
    'null',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example',
    'https://xapp.example.com',
    'https://preview.example.com',
    'https://a.preview.example.com.evil.example',
  ];

  test('a blocked origin is closed with 1008 and audited, and the ticket stays good', async () => {
    const issued = await issueTicket(stack);
    for (const origin of blocked) {
      const connection = await connectWith(stack, issued, { origin });
      expect(await connection.closed, origin).toEqual({ code: 1008, reason: 'ORIGIN_BLOCKED' });
    }
    const counts = await expectRejections(stack, { type: 'admit.handshake.rejected' }, blocked.length);
    expect(counts).toEqual({ origin_blocked: blocked.length });

    await (await connectWith(stack, issued, { origin: FRONTEND })).close();
    await expectStory(stack, { ticket: issued.ticketId, type: 'admit.ticket.consumed' }, [
      'admit.ticket.consumed',
    ]);
  });

  test('a blocked browser without a subprotocol is told too', async () => {
    const { ticket } = await issueTicket(stack);
    const raw = await openSocket(`${routeUrl(stack)}?ticket=${ticket}`, { origin: 'https://evil.example' });
    expect((await raw.response()).headers['sec-websocket-protocol']).toBeUndefined();
    expect((await raw.closed).close).toEqual({ code: 1008, reason: 'ORIGIN_BLOCKED' });
  });

  test.each([FRONTEND, 'https://a.preview.example.com', 'https://a.b.preview.example.com'])(
    '%s is let in',
    async (origin) => {
      const connection = await connectWith(stack, await issueTicket(stack), { origin });
      expect((await connection.close()).code).toBe(1000);
    },
  );

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
