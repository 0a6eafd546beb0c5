import { newId } from '@admit-one/core';
import { afterEach, describe, expect, test } from 'vitest';
import { admit } from '../stack/admit.ts';
import { events, expectStory, type Query } from '../stack/audit-log.ts';
import { askAdmin, logOut, type Receipt, revoke, undo } from '../stack/control.ts';
import type { Stack } from '../stack/stack.ts';
import { connectAdmitted, connectWith, issueTicket, persevering } from '../stack/visitor.ts';

/** What a person reads when the session was ended. */
const ENDED = { code: 4501, reason: 'SESSION_REVOKED The session was ended. Log in again.' };

/** @param running the stack, known when the tests run */
export function describeRevocations(running: () => Stack): void {
  describe('a revocation', () => {
    let receipts: Receipt[] = [];

    afterEach(async () => {
      for (const receipt of receipts) await persevering(() => undo(running(), receipt)).catch(() => {});
      receipts = [];
    });

    function login(claims: object = {}): Promise<string> {
      return running().users.token({ sub: newId(), sessionId: newId(), ...claims });
    }

    /** A connection on every edge. */
    function connections(token: string) {
      const stack = running();
      return Promise.all(
        stack.edges.map(async (_, edge) => connectAdmitted(stack, await issueTicket(stack, token), { edge })),
      );
    }

    async function expectRejected(token: string): Promise<void> {
      await expect(issueTicket(running(), token)).rejects.toThrow(/401 .*SESSION_REVOKED/);
    }

    function keep(receipt: Receipt): Receipt {
      receipts.push(receipt);
      return receipt;
    }

    test('by log-out ends the session on every edge, and no other one', async () => {
      const stack = running();
      const sub = newId();
      const [token, another] = [await login({ sub }), await login({ sub })];
      const [ended, kept] = [await connections(token), await connections(another)];
      const unused = await issueTicket(stack, token);

      const receipt = await logOut(stack, token);
      expect(receipt.closed).toBe(stack.edges.length);
      expect(receipt.edges.confirmed).toHaveLength(stack.edges.length);
      expect(receipt.edges.unconfirmed).toEqual([]);
      for (const { closed } of ended) expect(await closed).toMatchObject(ENDED);
      await expect(connectWith(stack, unused)).rejects.toMatchObject({ status: 401 });
      await expectRejected(token);
      await expect(logOut(stack, token, '?everywhere=true')).rejects.toThrow(/401 .*SESSION_REVOKED/);
      for (const connection of kept) {
        connection.socket.send('still here');
        expect(await connection.next()).toBe('still here');
        await connection.close();
      }
      await expectStory(stack, { type: 'admit.session.revoked', session: await sessionOf(token) }, [
        'admit.session.revoked',
      ]);
    });

    test('by log-out everywhere ends every session of the user, until the next login', async () => {
      const stack = running();
      const sub = newId();
      const ended = [
        ...(await connections(await login({ sub }))),
        ...(await connections(await login({ sub }))),
      ];
      const receipt = await logOut(stack, await login({ sub }), '?everywhere=true');
      expect(receipt.closed).toBe(ended.length);
      for (const { closed } of ended) expect(await closed).toMatchObject(ENDED);
      const later = await login({ sub, iat: Math.floor(Date.now() / 1000) + 3 });
      expect(await issueTicket(stack, later)).toHaveProperty('ticket');
    });

    test('of a session by an operator is undone by one command', async () => {
      const stack = running();
      const session = newId();
      const token = await login({ sessionId: session });
      const receipt = keep(await revoke(stack, { session }));
      await expectRejected(token);
      const { reply } = await askAdmin<{ entries: { id: string }[] }>(stack, 'GET', 'revocations');
      expect(reply.entries).toContainEqual(
        expect.objectContaining({ id: receipt.id, kind: 'session', session, reason: 'test', by: 'operator' }),
      );
      await undo(stack, receipt);
      expect(await issueTicket(stack, token)).toHaveProperty('ticket');
      expect((await askAdmin(stack, 'DELETE', `revocations/${receipt.id}`)).status).toBe(404);
    });

    test('of a ticket ends the connection that it has admitted, or its use', async () => {
      const stack = running();
      const [used, unused] = [await issueTicket(stack), await issueTicket(stack)];
      const connection = await connectAdmitted(stack, used);
      expect(await revoke(stack, { ticket: used.ticketId })).toMatchObject({ closed: 1 });
      expect(await connection.closed).toMatchObject(ENDED);
      expect(await revoke(stack, { ticket: unused.ticketId })).toMatchObject({ closed: 0 });
      await expect(connectWith(stack, unused)).rejects.toMatchObject({ status: 401 });
      await expectStory(stack, { ticket: unused.ticketId }, [
        'admit.ticket.issued',
        'admit.ticket.revoked',
        'admit.ticket.rejected',
      ]);
    });

    test('of a connection ends that one', async () => {
      const stack = running();
      const ticket = await issueTicket(stack);
      const connection = await connectAdmitted(stack, ticket);
      const [consumed] = await eventsOf(ticket.ticketId);
      expect(await revoke(stack, { connection: consumed?.data.connection })).toMatchObject({ closed: 1 });
      expect(await connection.closed).toMatchObject(ENDED);
    });

    test('of a key ends whatever it has signed', async () => {
      const stack = running();
      const kid = newId();
      const old = await login();
      const connection = (await connections(old))[0];
      const principal = (await eventsOf(undefined, old))[0]?.data.principal as { kid: string };
      expect(kid).not.toBe(principal.kid);
      expect((await revoke(stack, { keyId: kid })).closed).toBe(0);
      const receipt = keep(await revoke(stack, { keyId: principal.kid, issuer: 'main' }));
      expect(receipt.closed).toBeGreaterThanOrEqual(1);
      expect(await connection?.closed).toMatchObject(ENDED);
      await expectRejected(old);
      await undo(stack, receipt);
      expect(await issueTicket(stack, old)).toHaveProperty('ticket');
    });

    test('of all tokens before a time ends those, and no later ones', async () => {
      const stack = running();
      const now = Math.floor(Date.now() / 1000);
      const [before, after] = [await login({ iat: now - 60 }), await login()];
      const receipt = keep(await revoke(stack, { issuedBefore: new Date((now - 30) * 1000).toISOString() }));
      await expectRejected(before);
      expect(await issueTicket(stack, after)).toHaveProperty('ticket');
      await undo(stack, receipt);
    });

    test('says before it is made what it would close', async () => {
      const stack = running();
      const sub = newId();
      const open = [
        ...(await connections(await login({ sub }))),
        ...(await connections(await login({ sub }))),
      ];
      const asked = { user: sub, reason: 'test', dryRun: true };
      const { reply } = await askAdmin(stack, 'POST', 'revocations', asked);
      expect(reply).toMatchObject({ dryRun: true, connections: open.length, users: 1 });
      for (const connection of open) await connection.close();
    });

    test.each([
      ['nothing', {}],
      ['two things', { session: 'a', user: 'b' }],
      ['no reason', { session: 'a', reason: '' }],
      ['an issuer that there is not', { session: 'a', issuer: 'nobody' }],
      ['an end in the past', { session: 'a', expiresAt: '2020-01-01T00:00:00Z' }],
      ['a ticket itself', { ticket: '0123456789abcdef0123456789abcdef' }],
    ])('of %s is rejected', async (_, body) => {
      const { status, reply } = await askAdmin<{ code: string }>(running(), 'POST', 'revocations', {
        reason: 'test',
        ...body,
      });
      expect({ status, code: reply.code }).toEqual({ status: 400, code: 'INVALID_REQUEST' });
    });

    test('is for operators with its scope alone', async () => {
      const stack = { ...running(), operatorToken: () => login() };
      expect((await askAdmin(stack, 'POST', 'revocations', { session: 'a', reason: 'b' })).status).toBe(401);
    });

    test('pauses issuing, and blocks a network, until that is undone', async () => {
      const stack = running();
      const act = async (action: object) =>
        keep((await askAdmin(stack, 'POST', 'actions', { reason: 'test', ...action })).reply);
      const pause = await act({ pause: true });
      await expect(issueTicket(stack)).rejects.toThrow(/503 .*ISSUING_PAUSED/);
      await undo(stack, pause);
      const ticket = await issueTicket(stack);
      const connection = await connectAdmitted(stack, await issueTicket(stack));
      const block = await act({ block: '127.0.0.0/8' });
      expect(await connection.closed).toMatchObject({ code: 1008, reason: 'ADDRESS_BLOCKED' });
      await expect(connectWith(stack, ticket)).rejects.toMatchObject({ status: 403 });
      await expect(issueTicket(stack)).rejects.toThrow(/403 .*ADDRESS_BLOCKED/);
      await undo(stack, block);
      await (await connectWith(stack, ticket)).close();
    });

    test('is made, listed and undone by the command line', async () => {
      const stack = running();
      const session = newId();
      const token = await login({ sessionId: session });
      const [connection] = await connections(token);
      const run = async (...args: string[]) => (await admit(stack, args).ended).stdout;
      const asked = ['--session', session, '--reason', 'incident 42'];
      const count = stack.edges.length;
      expect(await run('revoke', ...asked, '--dry-run')).toContain(
        `would close ${count} connections of 1 users`,
      );
      const done = await run('revoke', ...asked, '--for', '10m');
      expect(done).toContain(`${count} connections closed`);
      expect(await connection?.closed).toMatchObject(ENDED);
      const id = /npx @admit-one\/cli undo (\S+)/.exec(done)?.[1] ?? '';
      expect(await run('control')).toContain(`${id}  session main ${session}`);
      expect(await run('undo', id)).toContain(`undone ${id}`);
      expect(await issueTicket(stack, token)).toHaveProperty('ticket');
    });

    test('drains an edge until that is undone', async () => {
      const stack = running();
      const ticket = await issueTicket(stack);
      const connection = await connectAdmitted(stack, ticket);
      const [consumed] = await eventsOf(ticket.ticketId);
      const context = consumed?.data.context as { readonly edge: string } | undefined;
      const edge = context?.edge;
      const { reply } = await askAdmin(stack, 'POST', 'actions', { reason: 'test', drain: edge });
      keep(reply);
      expect(reply.closed).toBeGreaterThanOrEqual(1);
      expect(await connection.closed).toMatchObject({ code: 1012 });
      await expect(connectWith(stack, await issueTicket(stack))).rejects.toMatchObject({ status: 503 });
      await undo(stack, reply);
      await (await connectWith(stack, await issueTicket(stack))).close();
    });

    async function sessionOf(token: string): Promise<string> {
      return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sessionId;
    }

    /** The admissions of a ticket, or of a token's session. */
    async function eventsOf(ticket?: string, token?: string) {
      const query: Query = ticket ? { ticket } : { session: await sessionOf(token ?? '') };
      const found = () => events(running(), { ...query, type: 'admit.ticket.consumed' });
      await expect.poll(async () => (await found()).length).toBeGreaterThan(0);
      return found();
    }
  });
}
