import { proofOf, ticketIdOf } from '@admit-one/core';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { events, expectStory } from '../stack/audit-log.ts';
import type { Stack } from '../stack/stack.ts';
import { FRONTEND } from '../stack/stack.ts';
import { anonymousSession, connectWith, issueTicket, type Problem, type Ticket } from '../stack/visitor.ts';
import { TTL_SECONDS } from './variables.ts';

const endpoints = [
  ['POST', '/api/websocket/ticket'],
  ['POST', '/api/ws/ticket'],
  ['GET', '/api/v1/ws-ticket'],
  ['POST', '/websocket/ticket'],
] as const;

/** @param running the stack, known when the tests run */
export function describeIssuing(running: () => Stack): void {
  describe('issuing', () => {
    let stack: Stack;

    beforeAll(async () => {
      stack = running();
    });

    async function ask(
      method: string,
      path: string,
      headers: Record<string, string> = {},
    ): Promise<Response> {
      return fetch(stack.tickets + path, { method, headers });
    }

    async function askWith(
      claims: Record<string, unknown>,
    ): Promise<{ response: Response; problem: Problem }> {
      const authorization = `Bearer ${await stack.users.token(claims)}`;
      const response = await ask('POST', '/api/websocket/ticket', { authorization });
      return { response, problem: (await response.json()) as Problem };
    }

    test.each(endpoints)('%s %s gives a ticket', async (method, path) => {
      const authorization = `Bearer ${await stack.users.token({ sub: 'alice', sessionId: 'login-1' })}`;
      const before = Math.floor(Date.now() / 1000);
      const response = await ask(method, path, { authorization });
      const after = Math.ceil(Date.now() / 1000);
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('no-store');
      const reply = (await response.json()) as Ticket;
      expect(reply).toEqual({
        ticket: expect.stringMatching(/^[0-9a-f]{32}$/),
        ticketId: ticketIdOf(proofOf(reply.ticket)),
        expiresInSeconds: TTL_SECONDS,
        expires_at: expect.any(Number),
      });
      expect(reply.expires_at).toBeGreaterThanOrEqual(before + TTL_SECONDS - 1);
      expect(reply.expires_at).toBeLessThanOrEqual(after + TTL_SECONDS + 1);

      const [issued] = await expectStory(stack, { ticket: reply.ticketId }, ['admit.ticket.issued']);
      expect(issued).toMatchObject({
        specversion: '1.0',
        subject: reply.ticketId,
        traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/),
        data: {
          principal: { session: 'login-1', sessionFrom: 'sessionId', user: 'alice' },
          route: null,
        },
      });
    });

    test.each(endpoints)('%s %s wants a token', async (method, path) => {
      const response = await ask(method, path);
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toEqual({
        type: 'urn:admit-one:problem:invalid-token',
        title: 'Invalid token',
        status: 401,
        detail: expect.stringMatching(/Authorization/),
        code: 'INVALID_TOKEN',
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
    });

    test('a token without a session is rejected with what it has and what to change, and audited', async () => {
      const { response, problem } = await askWith({ sub: undefined, sessionId: undefined, tenant: 't1' });
      expect(response.status).toBe(401);
      expect(problem.code).toBe('MISSING_SESSION');
      expect(problem.detail).toContain('tenant');
      expect(problem.detail).toContain('JWT_SESSION_CLAIMS');
      await expect
        .poll(() => events(stack, { type: 'admit.issuance.rejected', reason: 'session_missing' }))
        .toHaveLength(1);
    });

    test('a token without a session claim gets its own session', async () => {
      const token = await stack.users.token({ sub: 'bob', sessionId: undefined, auth_time: 1_700_000_000 });
      const [first, second] = [await issueTicket(stack, token), await issueTicket(stack, token)];
      const [a] = await expectStory(stack, { ticket: first.ticketId }, ['admit.ticket.issued']);
      const [b] = await expectStory(stack, { ticket: second.ticketId }, ['admit.ticket.issued']);
      expect(a?.data.principal).toMatchObject({ sessionFrom: 'derived', user: 'bob' });
      expect(b?.data.principal).toEqual(a?.data.principal);
    });

    test('an expired token is rejected with the check that failed', async () => {
      const { response, problem } = await askWith({ exp: 1_700_000_000 });
      expect(response.status).toBe(401);
      expect(problem.code).toBe('INVALID_TOKEN');
      expect(problem.detail).toMatch(/expired/i);
    });

    test('an anonymous session gets a token that the published keys verify, and a connection without a user', async () => {
      const { token, sessionId } = await anonymousSession(stack);
      const keys = createRemoteJWKSet(new URL(`${stack.tickets}/.well-known/jwks.json`));
      const { payload } = await jwtVerify(token, keys);
      expect(payload.sessionId).toBe(sessionId);

      const { ticket, ticketId } = await issueTicket(stack, token);
      const connection = await connectWith(stack, { ticket });
      await connection.close();
      const [issued] = await expectStory(stack, { ticket: ticketId, type: 'admit.ticket.issued' }, [
        'admit.ticket.issued',
      ]);
      expect(issued?.data.principal).toMatchObject({ issuer: 'anonymous', session: sessionId, user: null });
    });

    test('the frontend may ask from its own origin, others are rejected and may read that', async () => {
      const allowed = await ask('OPTIONS', '/api/websocket/ticket', {
        origin: FRONTEND,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      });
      expect(allowed.headers.get('access-control-allow-origin')).toBe(FRONTEND);
      const blocked = await ask('POST', '/api/websocket/ticket', { origin: 'https://evil.example' });
      expect(blocked.status).toBe(403);
      expect(await blocked.json()).toMatchObject({ code: 'ORIGIN_BLOCKED' });
      expect(blocked.headers.get('access-control-allow-origin')).toBe('https://evil.example');
    });

    test('the API describes itself', async () => {
      const document = (await (await ask('GET', '/openapi.json')).json()) as {
        paths: Record<string, object>;
      };
      expect(Object.keys(document.paths)).toEqual(
        expect.arrayContaining([...endpoints.map(([, path]) => path), '/api/v1/auth/token']),
      );
    });
  });
}
