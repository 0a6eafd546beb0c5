import { createSigningKey, keySetOf, type SigningKey } from '@admit-one/testkit';
import fc from 'fast-check';
import { base64url } from 'jose';
import { describe, expect, test } from 'vitest';
import { generateSigningKey, publicPartOf } from '../issue/signing-key.ts';
import type { UserIssuerConfig } from '../issuers/types.ts';
import { breakGlassIssuerOf, signBreakGlassToken } from '../operators/break-glass.ts';
import { operatorOfToken } from '../operators/operator.ts';
import { parseScopeRule } from '../operators/scopes.ts';
import { principalOf } from '../principal/principal.ts';
import { TokenError } from '../verify/token-error.ts';
import { bearerTokenOf } from '../verify/token-form.ts';
import { createTokenVerifier } from '../verify/token-verifier.ts';
import { trustIssuers } from '../verify/trusted-issuers.ts';
import { explainOperatorToken, explainUserToken } from './explain-token.ts';
import type { ExplainedTopic, TokenIssue } from './types.ts';

const ISSUER = 'https://issuer.example';
const now = Math.floor(Date.now() / 1000);
const good = { iss: ISSUER, aud: 'app', sub: 'ann', sid: 's', iat: now, exp: now + 300 };
const scopeRules = [parseScopeRule('groups:sre=audit:read')];

const key = await createSigningKey('ES256');
const other = await createSigningKey('ES256');
const wide = await createSigningKey('RS512');
const offline = generateSigningKey();

const rule = {
  sessionClaims: ['sid'],
  sessionPolicy: 'require',
  userClaim: 'sub',
  attributeClaims: ['roles', 'long'],
} as const;

const config: UserIssuerConfig = {
  alias: 'main',
  issuer: ISSUER,
  audiences: ['app', 'admin'],
  keys: { jwks: keySetOf([key, wide]) },
  principals: rule,
};

const users = { prefix: 'JWT', listed: false, issuers: [config], rule } as const;
const operators = {
  prefix: 'OPERATOR',
  listed: false,
  issuers: [config, breakGlassIssuerOf({ keys: [publicPartOf(offline)] })],
  scopeRules,
} as const;

/** The check for which a service rejects a token, or null. */
type Service = (token: string) => Promise<TokenIssue | null>;

async function verdictOf(judge: () => Promise<TokenIssue | null>): Promise<TokenIssue | null> {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof TokenError) return error.check;
    throw error;
  }
}

const userVerifier = createTokenVerifier({ issuers: trustIssuers(users.issuers) });
const operatorVerifier = createTokenVerifier({ issuers: trustIssuers(operators.issuers) });

function bearer(token: string): string {
  const sent = bearerTokenOf(`Bearer ${token}`);
  if (sent === null) throw new TokenError('missing');
  return sent;
}

const ticketService: Service = (token) =>
  verdictOf(async () => {
    const { kind } = principalOf(await userVerifier.verify(bearer(token)), rule);
    return kind === 'principal' ? null : kind;
  });

const auditService: Service = (token) =>
  verdictOf(async () => {
    const operator = operatorOfToken(await operatorVerifier.verify(bearer(token)), scopeRules);
    return operator.scopes.includes('audit:read') ? null : 'scope';
  });

function issuesOf(topics: readonly ExplainedTopic[]): readonly TokenIssue[] {
  return topics.flatMap(({ diagnostics }) =>
    diagnostics.flatMap((diagnostic) => (diagnostic.level === 'error' ? [diagnostic.check] : [])),
  );
}

/** The explanation has an error if and only if the service rejects the token, and one of them is the service's. */
async function expectAgreement(
  token: string,
  service: Service,
  explanation: Promise<readonly ExplainedTopic[]>,
): Promise<TokenIssue | null> {
  const verdict = await service(token);
  const issues = issuesOf(await explanation);
  if (verdict === null) expect(issues).toEqual([]);
  else expect(issues).toContain(verdict);
  return verdict;
}

const ofUser = (token: string) => expectAgreement(token, ticketService, explainUserToken(token, users));
const ofOperator = (token: string) =>
  expectAgreement(token, auditService, explainOperatorToken(token, operators));

const signed = (claims: object, header = {}, by: SigningKey = key) => by.sign({ ...good, ...claims }, header);

async function tampered(): Promise<string> {
  const [header, , signature] = (await signed({})).split('.');
  return [header, base64url.encode(JSON.stringify({ ...good, sub: 'eve' })), signature].join('.');
}

function withHeader(header: object, signature = 'AA'): string {
  return [...[header, good].map((part) => base64url.encode(JSON.stringify(part))), signature].join('.');
}

type Row = readonly [message: string, token: () => Promise<string> | string, verdict: TokenIssue | null];

const everywhere: readonly Row[] = [
  ['is empty', () => '', 'missing'],
  ['is JSON', () => '{"access_token":"a"}', 'missing'],
  ['is in quotes', async () => `"${await signed({})}"`, 'missing'],
  ['has a line break in it', async () => (await signed({})).replace('.', '.\n'), 'missing'],
  ['is opaque', () => 'VZt2mN7xO9cR4qLkW1sYb8uEoHpJ5aTd', 'form'],
  ["is Google's own", () => 'ya29.a0AfB_byC0pJqXl3', 'form'],
  ['is encrypted', () => 'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn', 'form'],
  ['is cut off', async () => (await signed({})).split('.').slice(0, 2).join('.'), 'form'],
  ['has padding', async () => `${await signed({})}==`, 'form'],
  ['has no JSON in it', () => 'aaaa.bbbb.cccc', 'form'],
  ['has a list for claims', () => key.sign([good]), 'form'],
  ['is not signed', () => withHeader({ alg: 'none' }, ''), 'form'],
  ['has the algorithm none', () => withHeader({ alg: 'none' }), 'algorithm'],
  ['is too long', () => signed({ groups: ['sre'], long: 'x'.repeat(16_384) }), 'size'],
  ['needs an extension', () => withHeader({ alg: 'ES256', crit: ['x'], x: 1 }), 'critical'],
  ['names no algorithm', () => withHeader({}), 'form'],
  ['names its algorithm by a list', () => withHeader({ alg: ['ES256'] }), 'form'],
  ['is of another issuer', () => signed({ iss: 'https://else.example' }), 'issuer'],
  ['is of no issuer', () => signed({ iss: undefined }), 'issuer'],
  ['is of an issuer with a slash', () => signed({ iss: `${ISSUER}/` }), 'issuer'],
  ['has an algorithm that is not accepted', () => signed({}, {}, wide), 'algorithm'],
  ['has an unknown key', () => signed({}, {}, other), 'key'],
  ['has been changed', tampered, 'signature'],
  ['is of another type', () => signed({}, { typ: 'dpop+jwt' }), 'type'],
  ['is a security event', () => signed({ events: {} }), 'type'],
  ['is for another', () => signed({ aud: 'else' }), 'audience'],
  ['is for nobody', () => signed({ aud: undefined, azp: 'app' }), 'audience'],
  ['has expired', () => signed({ iat: now - 600, exp: now - 300 }), 'expired'],
  ['never expires', () => signed({ exp: undefined }), 'times'],
  ['has a text for a time', () => signed({ nbf: 'soon' }), 'times'],
  ['is from tomorrow', () => signed({ iat: now + 86_400, exp: now + 90_000 }), 'early'],
  ['begins tomorrow', () => signed({ nbf: now + 86_400, exp: now + 90_000 }), 'early'],
];

describe("the explanation of a user's token agrees with the verdict where it", () => {
  test.each<Row>([
    ...everywhere,
    ['is good', () => signed({}), null],
    ['is good for several', () => signed({ aud: ['else', 'admin'] }), null],
    ['names no session', () => signed({ sid: undefined }), 'no_session'],
    ['names its session by several lines', () => signed({ sid: 'a\nb' }), 'session'],
    ['names its session by a list', () => signed({ sid: ['s'] }), 'no_session'],
    ['names its user by a list', () => signed({ sub: ['ann'] }), 'user'],
    ['names no user', () => signed({ sub: undefined }), null],
    ['has attributes that are too long', () => signed({ long: 'x'.repeat(2_000) }), null],
  ])('%s', async (_, token, verdict) => {
    expect(await ofUser(await token())).toBe(verdict);
  });
});

const offlineToken = (ttlSeconds: number) =>
  signBreakGlassToken(offline, { subject: 'ann', reason: 'incident 42', ttlSeconds });

describe("the explanation of an operator's token agrees with the verdict where it", () => {
  test.each<Row>([
    ...everywhere,
    ['has the scope', () => signed({ scope: 'openid audit:read' }), null],
    ['has a group', () => signed({ groups: ['dev', 'sre'] }), null],
    ['has neither', () => signed({ groups: ['dev'], scp: ['openid'] }), 'scope'],
    ['names nobody', () => signed({ groups: ['sre'], sub: undefined }), 'subject'],
    ['was made offline', () => offlineToken(60), null],
    ['was made offline for long', () => offlineToken(100_000), 'break_glass'],
  ])('%s', async (_, token, verdict) => {
    expect(await ofOperator(await token())).toBe(verdict);
  });
});

describe('an explanation', () => {
  test('reports all failed checks', async () => {
    const token = await signed({ iss: `${ISSUER}/`, aud: 'else', exp: now - 60, sid: undefined }, {}, other);
    expect(issuesOf(await explainUserToken(token, users))).toEqual([
      ...['issuer', 'key', 'audience', 'expired', 'no_session'],
    ]);
  });

  test('agrees with the verdict on any header and claims', async () => {
    const unprintable = { toString: 1, valueOf: 1 };
    const values = [1, now, now + 60, 'app', ISSUER, unprintable, [unprintable]];
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom<fc.JsonValue>(...values));
    const names = ['iss', 'exp', 'iat', 'nbf', 'aud', 'azp', 'sid', 'sub', 'auth_time', 'events', 'roles'];
    const claims = fc.dictionary(fc.constantFrom(...names, '__proto__', 'groups'), odd);
    const header = fc.dictionary(fc.constantFrom('typ', 'kid', 'jwk', 'jku'), odd);
    await fc.assert(
      fc.asyncProperty(claims, header, async (members, headers) => {
        const token = await signed({ ...members }, headers);
        await ofUser(token);
        await ofOperator(token);
      }),
      { numRuns: 300 },
    );
  });

  test('agrees with the verdict on any three parts', async () => {
    const part = fc.oneof(fc.json(), fc.string()).map((text) => base64url.encode(text));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 2, maxLength: 4 }), async (parts) => {
        await ofUser(parts.join('.'));
      }),
      { numRuns: 300 },
    );
  });

  test('shows neither the token nor anything long or invisible', async () => {
    const claims = { roles: ['\u001b[31m\u202e\u2028'], long: 'x'.repeat(1_000), sid: 'y'.repeat(256) };
    const token = await signed({ ...claims, aud: 'z'.repeat(3_000) });
    const lines = (await explainUserToken(token, users)).flatMap(({ diagnostics }) =>
      diagnostics.flatMap(({ message, remedy = '' }) => [message, ...remedy.split('\n')]),
    );
    const [header = '', payload = '', signature = ''] = token.split('.');
    for (const line of lines) {
      for (const part of [header, payload, signature]) expect(line).not.toContain(part);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
      expect(line.length).toBeLessThan(1_000);
    }
    expect(lines.join('\n')).toContain('\\u001b[31m\\u202e\\u2028');
  });
});
