import { describe, expect, test } from 'vitest';
import type { UserIssuerConfig } from '../issuers/types.ts';
import { type TokenCheck, TokenError, tokenChecks } from './token-error.ts';
import { missingSessionDetail, tokenRejectionOf } from './token-rejection.ts';

const checks = Object.keys(tokenChecks) as TokenCheck[];

describe('the rejection of a token', () => {
  test.each(checks)('that fails the check of %s is one sentence, with what to change', (check) => {
    for (const prefix of ['JWT', 'OPERATOR'] as const) {
      const { detail } = tokenRejectionOf(new TokenError(check), prefix);
      expect(detail).toMatch(/^[A-Z][^:.$"\\]+: [^:.$"\\]+\.$/);
      expect(detail).toMatch(/^[\x20-\x7e]{1,512}$/);
      expect(detail).not.toContain(prefix === 'JWT' ? 'OPERATOR_' : 'JWT_');
    }
  });

  test.each<[TokenCheck, string | undefined, string]>([
    [
      'audience',
      undefined,
      'audience (aud): ask its issuer for a token for this API, or add its audience to X_AUDIENCE (audience in X_ISSUERS).',
    ],
    ['audience', 'client_id', 'audience (client_id): ask its issuer'],
    ['session', 'https://a/$&', 'The claim https://a/$& of the token, which names the session, is not'],
    ['user', 'oid', 'or name another claim in X_USER_CLAIM (userClaim in X_ISSUERS).'],
    ['issuer', undefined, 'name this one in X_ISSUER (issuer in X_ISSUERS), letter by letter.'],
    ['algorithm', undefined, 'X_ALGORITHMS (algorithms in X_ISSUERS)'],
    ['key', undefined, 'X_JWKS_URL or X_JWKS (jwksUrl or jwks in X_ISSUERS)'],
    ['early', undefined, 'X_CLOCK_TOLERANCE_SECONDS (clockToleranceSeconds in X_ISSUERS)'],
  ])('names the claim and the settings in question: %s %s', (check, claim, text) => {
    const error = new TokenError(check, claim === undefined ? {} : { claim });
    for (const prefix of ['JWT', 'OPERATOR'] as const)
      expect(tokenRejectionOf(error, prefix).detail).toContain(text.replaceAll('X_', `${prefix}_`));
  });

  test('for unavailable keys may be retried soon', () => {
    const cause = new Error('down');
    expect(tokenRejectionOf(new TokenError('keys', { cause }), 'JWT')).toEqual({
      reason: 'issuer_unavailable',
      detail: expect.any(String),
      retryAfterSeconds: 5,
      cause,
    });
    expect(tokenRejectionOf(new TokenError('key', { cause }), 'JWT')).toEqual({
      reason: 'token_invalid',
      detail: expect.any(String),
    });
  });
});

describe('the detail of a token without a session', () => {
  const issuer: UserIssuerConfig = {
    alias: 'corp',
    issuer: 'https://corp.example',
    audiences: null,
    keys: { jwks: { keys: [] } },
    principals: {
      sessionClaims: ['sid', 'session'],
      sessionPolicy: 'derive',
      userClaim: 'sub',
      attributeClaims: [],
    },
  };
  const add = 'add the claim that names it to JWT_SESSION_CLAIMS (sessionClaims in JWT_ISSUERS)';

  test.each<[string, readonly string[], Partial<UserIssuerConfig['principals']>, string]>([
    [
      'where one would be derived',
      ['iss', 'jti'],
      {},
      `it has the claims iss, jti, and none of sid, session that can be used: ${add}, or let the issuer add sub, to make the session from.`,
    ],
    [
      'where a claim is required',
      ['sub'],
      { sessionPolicy: 'require' },
      `it has the claims sub, and none of sid, session that can be used: ${add}, or set SESSION_POLICY (sessionPolicy in JWT_ISSUERS) to derive, which makes the session from sub.`,
    ],
    [
      'where no claim names one',
      [],
      { sessionClaims: [] },
      `it has no claims: ${add}, or let the issuer add sub, to make the session from.`,
    ],
  ])('says what to change %s', (_, claimNames, rule, text) => {
    const config = { ...issuer, principals: { ...issuer.principals, ...rule } };
    expect(missingSessionDetail(claimNames, config)).toBe(
      `The token of issuer corp names no session, as ${text}`,
    );
  });

  test('names no setting for anonymous sessions', () => {
    const anonymous = { ...issuer, alias: 'anonymous', issuer: 'urn:admit-one:anonymous' };
    expect(missingSessionDetail(['iss'], anonymous)).toMatch(/: ask for a new anonymous session\.$/);
  });
});
