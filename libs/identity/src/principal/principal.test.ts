import { describe, expect, test } from 'vitest';
import type { PrincipalRule } from '../issuers/types.ts';
import type { VerifiedToken } from '../verify/types.ts';
import { principalOf } from './principal.ts';

const derive: PrincipalRule = {
  sessionClaims: ['sessionId', 'sid', 'https://example.com/session.id'],
  sessionPolicy: 'derive',
  userClaim: 'sub',
  attributeClaims: [],
};
const require: PrincipalRule = { ...derive, sessionPolicy: 'require' };

function token(claims: Record<string, unknown>, issuer = 'https://issuer.example'): VerifiedToken {
  const config = { alias: 'main', issuer, audiences: null, keys: { jwks: { keys: [] } } };
  return { issuer: config, kid: 'key-1', issuedAt: 1_700_000_000.7, expiresAt: 1_800_000_000, claims };
}

function sessionOf(claims: Record<string, unknown>, issuer?: string): string {
  const result = principalOf(token(claims, issuer), derive);
  if (result.kind !== 'principal') throw new Error('no session');
  return result.principal.session;
}

describe('the session of a token', () => {
  test('is the first present claim, by the order of the configuration', () => {
    expect(principalOf(token({ sid: 'two', sessionId: 'one', sub: 'ann' }), require)).toEqual({
      kind: 'principal',
      principal: {
        issuer: 'main',
        session: 'one',
        sessionFrom: 'sessionId',
        user: 'ann',
        tokenIssuedAt: 1_700_000_000,
        tokenExpiresAt: 1_800_000_000,
        kid: 'key-1',
        attributes: {},
      },
    });
  });

  test('is looked up by the literal claim name', () => {
    const claims = {
      'https://example.com/session.id': 's',
      'https://example': { 'com/session': { id: 'x' } },
    };
    expect(sessionOf(claims)).toBe('s');
  });

  test('may be a whole number, and null counts as absent', () => {
    expect(sessionOf({ sessionId: null, sid: 42 })).toBe('42');
  });

  test.each<unknown>(['', ' ', 1.5, true, {}, ['x'], null])(
    'is not named by %j, but by the next claim',
    (sessionId) => {
      expect(sessionOf({ sessionId, sid: 'next' })).toBe('next');
      expect(sessionOf({ sessionId, sub: 'ann' })).toBe(sessionOf({ sub: 'ann' }));
      expect(principalOf(token({ sessionId }), require)).toMatchObject({ kind: 'no_session' });
    },
  );

  test.each<unknown>(['x'.repeat(257), 'a\0b', 'a\nb', '\ud800'])('is rejected if it is %j', (value) => {
    expect(() => principalOf(token({ sessionId: value, sub: 'ann' }), derive)).toThrow(
      expect.objectContaining({ reason: 'token_invalid', check: 'session', claim: 'sessionId' }),
    );
  });

  test('is never taken from what every object inherits', () => {
    const rule = { ...derive, sessionClaims: ['constructor', 'toString', '__proto__'] };
    expect(principalOf(token({}), rule)).toEqual({ kind: 'no_session', claimNames: [] });
  });
});

describe('a derived session', () => {
  test('is the same for every token of a login, and another for another login, user or issuer', () => {
    const login = { sub: 'ann', auth_time: 1 };
    const session = sessionOf({ ...login, jti: 'a', iat: 1 });
    expect(sessionOf({ ...login, jti: 'b', iat: 2 })).toBe(session);
    const others = [
      sessionOf({ sub: 'ann', auth_time: 2 }),
      sessionOf({ sub: 'ann' }),
      sessionOf({ sub: 'bob', auth_time: 1 }),
      sessionOf(login, 'https://other.example'),
    ];
    expect(new Set([session, ...others]).size).toBe(5);
  });

  test('says so', () => {
    expect(principalOf(token({ sub: 'ann' }), derive)).toMatchObject({
      principal: { sessionFrom: 'derived' },
    });
  });

  test('is not made where the policy requires a claim, nor without a sub', () => {
    expect(principalOf(token({ sub: 'ann', jti: 'j' }), require)).toEqual({
      kind: 'no_session',
      claimNames: ['sub', 'jti'],
    });
    expect(principalOf(token({ jti: 'j', auth_time: 1 }), derive)).toMatchObject({ kind: 'no_session' });
  });

  test('needs a sub that is an identifier', () => {
    expect(() => principalOf(token({ sub: '' }), derive)).toThrow(
      expect.objectContaining({ check: 'session', claim: 'sub' }),
    );
  });
});

describe('the user of a token', () => {
  test('is the configured claim, and null where it is absent', () => {
    const rule = { ...derive, userClaim: 'email' };
    const claims = { sessionId: 's', sub: 'ann' };
    expect(principalOf(token(claims), rule)).toMatchObject({ principal: { user: null } });
    expect(principalOf(token({ ...claims, email: 'a@b' }), rule)).toMatchObject({
      principal: { user: 'a@b' },
    });
  });
});

describe('nested claims', () => {
  const rule = {
    ...derive,
    sessionClaims: ['login.id'],
    userClaim: 'who.user.id',
    attributeClaims: ['who.team'],
  };
  const nested = { ...rule, nestedClaims: true };
  const claims = { login: { id: 's' }, who: { user: { id: 'ann' }, team: 'red' }, sub: 'a' };

  test('are read by their path where the issuer says so', () => {
    expect(principalOf(token(claims), nested)).toMatchObject({
      principal: { session: 's', sessionFrom: 'login.id', user: 'ann', attributes: { 'who.team': 'red' } },
    });
    expect(principalOf(token(claims), rule)).toMatchObject({
      principal: { sessionFrom: 'derived', user: null, attributes: {} },
    });
  });

  test('give way to a claim of that literal name', () => {
    expect(principalOf(token({ ...claims, 'who.user.id': 'bob' }), nested)).toMatchObject({
      principal: { user: 'bob' },
    });
  });

  test.each<object>([
    { who: null },
    { who: 'user.id' },
    { who: { user: [] } },
    { who: JSON.parse('{"__proto__":{"user":{"id":"x"}}}') },
  ])('are absent in %j', (more) => {
    expect(principalOf(token({ ...claims, ...more }), nested)).toMatchObject({ principal: { user: null } });
  });

  test('are never what every object inherits', () => {
    const inherited = { ...nested, userClaim: 'who.constructor.name' };
    expect(principalOf(token(claims), inherited)).toMatchObject({ principal: { user: null } });
  });
});

test('the claim names of a token without a session are capped', () => {
  const claims = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${n}-${'x'.repeat(100)}`, 1]));
  const result = principalOf(token({ ...claims, 'a\nb': 1 }), require);
  if (result.kind !== 'no_session') throw new Error('a session');
  expect(result.claimNames).toHaveLength(32);
  expect(result.claimNames.every((name) => name.length <= 64)).toBe(true);
});
