import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import {
  createTokenVerifier,
  principalOf,
  type TokenError,
  tokenRejectionOf,
  trustIssuers,
} from '../index.ts';
import { badClaims, badForms, TOLERANCE_SECONDS } from './bad-claims.fixture.ts';
import { badHeaders } from './bad-headers.fixture.ts';
import { goodTokens } from './good-tokens.fixture.ts';
import { createTokenForge } from './token-forge.fixture.ts';

const forge = createTokenForge();
const { issuer, audience, jwks } = forge;
const config = { alias: 'main', issuer, audiences: [audience], keys: { jwks } };
const verifier = createTokenVerifier({
  issuers: trustIssuers([{ ...config, clockToleranceSeconds: TOLERANCE_SECONDS }]),
});
const rule = { sessionClaims: ['sessionId'], sessionPolicy: 'derive', userClaim: 'sub' } as const;

let fetches = 0;
const attacker = createServer((_request, response) => {
  fetches += 1;
  response.end('{}');
}).listen(0, '127.0.0.1');
await once(attacker, 'listening');
const lure = `http://127.0.0.1:${(attacker.address() as AddressInfo).port}`;

const bad = [...badHeaders(forge, lure), ...badClaims(forge), ...badForms(forge)];

afterAll(async () => {
  attacker.close();
  await once(attacker, 'close');
});

async function principal(token: string) {
  return principalOf(await verifier.verify(token), { ...rule, attributeClaims: [] });
}

/** Words that messages contain anyway. */
const COMMON = ['secevent+jwt', 'constructor'];

/** The parts of a token, and every text in it that is long enough to be recognised. */
function secretsOf(token: string): readonly string[] {
  const parts = token.split('.');
  const texts = parts.slice(0, 2).flatMap((part) => {
    const json = Buffer.from(part, 'base64url').toString();
    return [...json.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text ?? '');
  });
  return [...parts, ...texts].filter((text) => text.length > 9 && !COMMON.includes(text));
}

describe('a bad token', () => {
  test.each(bad)('%s: %s', async (_what, token, check) => {
    const error = await principal(token).catch((error: TokenError) => error);
    expect(error).toMatchObject({ name: 'TokenError', reason: 'token_invalid', check });
    const { detail } = tokenRejectionOf(error as TokenError, 'JWT');
    expect(secretsOf(token).filter((secret) => detail.includes(secret))).toEqual([]);
  });

  test('makes nobody fetch the attacker’s keys', () => {
    expect(fetches).toBe(0);
  });
});

describe('a good token', () => {
  test.each(goodTokens(forge))('with %s speaks for its principal', async (_what, token, expected) => {
    expect(await principal(token())).toMatchObject({
      kind: 'principal',
      principal: { session: 'forge-session', user: 'forge-user', ...expected },
    });
  });
});
