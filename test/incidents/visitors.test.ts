import { newId, newTicket } from '@admit-one/core';
import { createSigningKey, openSocket } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events } from '../stack/audit-log.ts';
import { FRONTEND, type Stack } from '../stack/stack.ts';
import { stacks } from '../stack/stacks.ts';
import {
  carrying,
  connectAdmitted,
  connectWith,
  issueTicket,
  routeUrl,
  type Ticket,
} from '../stack/visitor.ts';
import { expectAnswer } from './answer.ts';

const VICTIM = { 'x-forwarded-for': '198.51.100.7', 'user-agent': 'browser of the user' };
const THIEF = { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'curl' };
const NEW_PAGE = 'https://new.example';

// Incidents as someone on call meets them: each is answered by one command, and by the first line that it prints.
describe.each(stacks)('on $name', ({ missing, start }) => {
  describe.skipIf(missing !== undefined)('an incident of a visitor', () => {
    let stack: Stack;

    beforeAll(async () => {
      stack = await start({ TRUSTED_PROXIES: '127.0.0.1' });
    });
    afterAll(() => stack?.stop());

    /** Presents a ticket, and resolves when that was answered. */
    async function present(
      { ticket }: Pick<Ticket, 'ticket'>,
      options: Parameters<typeof openSocket>[1],
    ): Promise<void> {
      const raw = await openSocket(routeUrl(stack), { protocols: carrying(ticket), ...options });
      await raw.response();
      raw.abort();
      await raw.closed;
    }

    test('"was this ticket stolen?"', async () => {
      const issued = await issueTicket(stack);
      const { ticketId } = issued;
      const connection = await connectAdmitted(stack, issued, { headers: VICTIM });
      await present(issued, { headers: THIEF });
      await present(issued, { headers: THIEF });
      const answer = await expectAnswer(
        stack,
        `why ${ticketId.slice(0, 10)}`,
        'Admitted once from 198.51.100.7; replayed twice from 203.0.113.9; both rejected.',
      );
      expect(answer).toContain('What to do: Compare the two presenters.');
      expect(answer).toMatch(/^admitted: 198\.51\.100\.7, browser of the user, /m);
      expect(answer).toMatch(/^replayed: 203\.0\.113\.9, curl, edge \S+( ×2)?$/m);
      for (const { data } of await events(stack, { ticket: ticketId, type: 'admit.ticket.rejected' }))
        expect(data).toMatchObject({
          context: { address: '203.0.113.9', agent: 'curl' },
          earlierPresenter: { address: '198.51.100.7', agent: 'browser of the user' },
        });
      await connection.close();
    });

    test('"the new page cannot connect": its origin was forgotten in a deploy', async () => {
      const sessionId = newId();
      for (let attempt = 0; attempt < 4; attempt += 1)
        await present(await issueTicket(stack, await stack.users.token({ sessionId })), { origin: NEW_PAGE });
      const answer = await expectAnswer(
        stack,
        `audit story session ${sessionId}`,
        `Issued 4 times, never presented: the browser's origin ${NEW_PAGE} is blocked.`,
      );
      expect(answer).toContain('add its origin to FRONTEND_ORIGINS');
    });

    test('"half of the connections fail": the client reuses its tickets', async () => {
      const sub = newId();
      const issued = await issueTicket(stack, await stack.users.token({ sub }));
      await (await connectWith(stack, issued, { headers: VICTIM })).close();
      await present(issued, { headers: VICTIM, origin: FRONTEND });
      const answer = await expectAnswer(
        stack,
        `audit story user ${sub}`,
        /^Admitted once; replayed once from 198\.51\.100\.7; rejected: the same client presents a ticket again; /,
      );
      expect(answer).toContain('have the client request a ticket for each connection');
    });

    test('"I cannot connect": the user reads out the support code', async () => {
      const issued = await issueTicket(stack, undefined, { route: 'echo' });
      await present(issued, { target: '/ws/bridge' });
      const answer = await expectAnswer(
        stack,
        `why ${issued.ticketId}`,
        'Presented, rejected: the ticket was issued for another route.',
      );
      expect(answer).toContain('request a ticket for the route that it connects to');
    });

    test('"rejections go through the roof": a flood from one prefix', async () => {
      for (let n = 1; n <= 60; n += 1)
        await present({ ticket: newTicket() }, { headers: { 'x-forwarded-for': `203.0.113.${n}` } });
      const answer = await expectAnswer(
        stack,
        'audit explain from=-10m reason=ticket_unknown',
        '60 rejections. There are no events in the hour before to compare with. What they have in common:',
      );
      expect(answer).toMatch(/\n *prefix +203\.0\.113\.0\/24 +60 +100 ?%/);
    });

    test('"nobody can log in any more": the issuer signs with a key that it does not publish', async () => {
      const token = await stack.users.token({}, { key: await createSigningKey('ES256') });
      await expect(issueTicket(stack, token)).rejects.toThrow('no ticket: 401');
      await expectAnswer(
        stack,
        'audit search --json type=admit.issuance.rejected reason=token_invalid limit=1',
        /No key of the issuer fits the token \(kid, alg\).* check that JWT_JWKS_URL .* gives the keys that its issuer signs with/,
      );
    });

    test('"I cannot connect", and nothing of the client has arrived since it asked for a ticket', async () => {
      const sub = newId();
      const lastFailure = { code: 1006, reason: 'connection_lost', phase: 'connecting', attempts: 3 };
      await issueTicket(stack, await stack.users.token({ sub }), { lastFailure });
      const answer = await expectAnswer(
        stack,
        `audit story user ${sub}`,
        'Issued once, never presented; before that, the client reported connection_lost (code 1006) while connecting.',
      );
      expect(answer).toContain('the upgrade reached no edge');
    });
  });
});
