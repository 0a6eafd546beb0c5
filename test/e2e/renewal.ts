import { newId } from '@admit-one/core';
import { describe, expect, test } from 'vitest';
import { expectStory } from '../stack/audit-log.ts';
import { logOut } from '../stack/control.ts';
import type { Stack } from '../stack/stack.ts';
import { connectAdmitted, issueTicket } from '../stack/visitor.ts';
import { EXPIRING_ROUTE } from './variables.ts';

/** On a route whose connections end with their token. @param running the stack, known when the tests run */
export function describeRenewals(running: () => Stack): void {
  describe('a connection that expires', () => {
    const seconds = () => Math.floor(Date.now() / 1000);

    function tokenOf(sessionId: string, exp = seconds() + 300): Promise<string> {
      return running().users.token({ sub: 'alice', sessionId, exp });
    }

    async function renew(ticketId: string, token: string) {
      const response = await fetch(`${running().tickets}/api/websocket/renew`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ticketId }),
      });
      return { status: response.status, ...((await response.json()) as object) };
    }

    /** A connection on every edge in turn, so that some are not at the first one. */
    async function open(token: string, edge: number) {
      const ticket = await issueTicket(running(), token);
      const connection = await connectAdmitted(running(), ticket, { edge, route: EXPIRING_ROUTE });
      return { ...connection, ticketId: ticket.ticketId };
    }

    test('ends with its token, and lives on with a fresh one of its session', async () => {
      const stack = running();
      const [session, another] = [newId(), newId()];
      const exp = seconds() + 12;
      const [left, renewed] = [
        await open(await tokenOf(session, exp), 0),
        await open(await tokenOf(session, exp), 1),
      ];
      const later = seconds() + 300;
      expect(await renew(renewed.ticketId, await tokenOf(another))).toMatchObject({ status: 404 });
      expect(await renew(renewed.ticketId, await tokenOf(session, later))).toEqual({
        status: 200,
        expires_at: later,
      });
      expect(await left.closed).toEqual({ code: 4408, reason: 'SESSION_EXPIRED' });
      renewed.socket.send('still here');
      expect(await renewed.next()).toBe('still here');

      const [token, spare] = [await tokenOf(session), await tokenOf(session)];
      await logOut(stack, token);
      expect(await renewed.closed).toMatchObject({ code: 4501 });
      const end = 'admit.connection.closed';
      await expectStory(stack, { ticket: renewed.ticketId, type: end }, [end]);
      expect(await renew(renewed.ticketId, spare)).toMatchObject({
        status: 401,
        code: 'SESSION_REVOKED',
      });
      const [, , , , event] = await expectStory(stack, { ticket: renewed.ticketId }, [
        'admit.ticket.issued',
        'admit.ticket.reserved',
        'admit.ticket.consumed',
        'admit.issuance.rejected',
        'admit.connection.renewed',
        'admit.connection.closed',
        'admit.issuance.rejected',
      ]);
      expect(event?.data).toMatchObject({ expiresAt: later * 1000, route: EXPIRING_ROUTE });
      const [closed] = await expectStory(stack, { ticket: left.ticketId, type: 'admit.connection.closed' }, [
        'admit.connection.closed',
      ]);
      expect(closed?.data).toMatchObject({ code: 4408, reason: 'session_expired' });
    });
  });
}
