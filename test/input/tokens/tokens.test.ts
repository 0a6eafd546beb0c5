import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudEvent } from '@admit-one/core';
import { type TokenCheck, TokenError, tokenRefusalOf } from '@admit-one/identity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Problem } from '../../stack/visitor.ts';
import { startEmbedded } from '../../stack/embedded.ts';
import type { Stack } from '../../stack/stack.ts';
import { eventsByTrace, newTraceparent, traceIdOf } from '../rejections.ts';
import { badClaims, badForms, TOLERANCE_SECONDS } from './bad-claims.ts';
import { type BadToken, badHeaders } from './bad-headers.ts';
import { describeBearers } from './describe-bearers.ts';
import { goodTokens } from './good-tokens.ts';
import { startTokenForge, type TokenForge } from './token-forge.ts';

interface Answer {
  readonly traceId: string;
  readonly status: number;
  readonly headers: Headers;
  readonly problem: Problem;
}

// Tables are made before the tests are: a test has the name of its row.
const forge: TokenForge = await startTokenForge();
let lured = 0;
const attacker: Server = createServer((_request, response) => {
  lured += 1;
  response.end('{}');
});
await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
const lure = `http://127.0.0.1:${(attacker.address() as AddressInfo).port}`;
const bad: readonly BadToken[] = [...badHeaders(forge, lure), ...badClaims(forge), ...badForms(forge)];

let stack: Stack;
let answers: readonly Answer[];
let rejected: ReadonlyMap<string, readonly CloudEvent[]>;

beforeAll(async () => {
  stack = await startEmbedded({
    LOG_LEVEL: 'debug',
    JWT_ISSUER: forge.issuer,
    JWT_AUDIENCE: forge.audience,
    JWT_JWKS_URL: forge.jwksUrl,
    JWT_CLOCK_TOLERANCE_SECONDS: String(TOLERANCE_SECONDS),
  });
  answers = await Promise.all(bad.map(([, token]) => ask(token)));
  const traceIds = answers.map(({ traceId }) => traceId);
  rejected = await eventsByTrace(stack, { type: 'admit.issuance.rejected' }, traceIds);
});

afterAll(async () => {
  await stack.stop();
  await forge.close();
  await new Promise((resolve) => attacker.close(resolve));
});

async function ask(token: string): Promise<Answer> {
  const traceparent = newTraceparent();
  const headers = { authorization: `Bearer ${token}`, traceparent };
  const response = await fetch(`${stack.tickets}/api/websocket/ticket`, { method: 'POST', headers });
  const problem = (await response.json()) as Problem;
  return { traceId: traceIdOf(traceparent), status: response.status, headers: response.headers, problem };
}

/** The claims that the checks of session and user name, as the stack is configured. */
const claimOf: Partial<Record<TokenCheck, string>> = { session: 'sessionId', user: 'sub' };

function sentenceOf(check: TokenCheck): string {
  const claim = claimOf[check];
  return tokenRefusalOf(new TokenError(check, claim === undefined ? {} : { claim }), 'JWT').detail;
}

function challengeTo(check: TokenCheck): string {
  return `Bearer error="invalid_token", error_description="${sentenceOf(check)}"`;
}

/** Texts of bad tokens that a log may have of its own accord: `constructor` is in many a stack. */
const COMMON = ['secevent+jwt', 'constructor'];

/** What of a token must be nowhere else: its parts, and every text in it that says something. */
function secretsOf(token: string): readonly string[] {
  const parts = token.split('.');
  const texts = parts.slice(0, 2).flatMap((part) => {
    const json = Buffer.from(part, 'base64url').toString();
    return [...json.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text ?? '');
  });
  return [...parts, ...texts].filter((text) => text.length > 9 && !COMMON.includes(text));
}

describe('a bad token', () => {
  test.each(bad.map(([what, token, check], row) => ({ what, token, check, row })))(
    '$what: $check',
    ({ token, check, row }) => {
      const { status, headers, problem, traceId } = answers[row]!;
      expect(problem).toEqual({
        type: 'urn:admit-one:problem:invalid-token',
        title: 'Invalid token',
        status: 401,
        detail: sentenceOf(check),
        code: 'INVALID_TOKEN',
        traceId,
      });
      expect(status).toBe(401);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'www-authenticate': challengeTo(check),
      });

      const events = rejected.get(traceId) ?? [];
      expect(events.map(({ data }) => data)).toEqual([
        expect.objectContaining({
          reason: 'token_invalid',
          detail: problem.detail,
          principal: null,
          count: 1,
        }),
      ]);
      const told = JSON.stringify([problem, events]);
      expect(secretsOf(token).filter((secret) => told.includes(secret))).toEqual([]);
    },
  );

  test('is in no log line', () => {
    const logs = stack.logs();
    const secrets = bad.flatMap(([, token]) => secretsOf(token));
    expect(secrets.filter((secret) => secret !== forge.issuer && logs.includes(secret))).toEqual([]);
  });

  test('makes nobody ask the attacker for anything', () => {
    expect(lured).toBe(0);
  });
});

describeBearers(() => ({ stack, token: forge.token() }));

describe('a good token', () => {
  test.each(goodTokens(forge).map(([what, token, principal]) => ({ what, token, principal })))(
    'with $what gets a ticket',
    async ({ token, principal }) => {
      const { status, problem, traceId } = await ask(token());
      expect(status, JSON.stringify(problem)).toBe(200);
      const issued = await eventsByTrace(stack, { type: 'admit.ticket.issued' }, [traceId]);
      expect(issued.get(traceId)?.map(({ data }) => data.principal)).toEqual([
        expect.objectContaining({ session: 'forge-session', user: 'forge-user', ...principal }),
      ]);
    },
  );
});
