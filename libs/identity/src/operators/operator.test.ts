import { describe, expect, test } from 'vitest';
import { BREAK_GLASS } from '../issuers/own-issuers.ts';
import { breakGlassIssuerOf } from './break-glass.ts';
import { operatorOfProxy, operatorOfToken } from './operator.ts';
import { parseScopeRule } from './scopes.ts';

const rules = ['groups:sre=audit:read', 'user:ann=audit:read'].map(parseScopeRule);
const staff = { ...breakGlassIssuerOf({ keys: [] }), alias: 'staff', issuer: 'https://staff.example.com' };
const breakGlass = breakGlassIssuerOf({ keys: [] });

function ofToken(claims: object, issuer = staff, seconds = 60) {
  const verified = {
    issuer,
    kid: null,
    issuedAt: 1_000,
    expiresAt: 1_000 + seconds,
    claims: { sub: 'ann', ...claims },
  };
  return operatorOfToken(verified, rules);
}

describe('the operator of a token', () => {
  test('is its subject, and its issuer is known by its alias', () => {
    expect(ofToken({})).toEqual({
      subject: 'ann',
      scopes: [],
      from: { kind: 'token', issuer: 'staff' },
      expiresAt: 1_060,
    });
  });

  test.each<[object, number]>([
    [{ scope: 'openid audit:read' }, 1],
    [{ scp: ['audit:read'] }, 1],
    [{ scp: 'audit:read', scope: 'audit:read', groups: ['sre'] }, 1],
    [{ groups: 'sre' }, 1],
    [{ scope: 'audit:readonly', scp: 'constructor', groups: ['dev'] }, 0],
    [{ scope: ['audit:read other'], scp: { 'audit:read': true } }, 0],
  ])('has of %j so many scopes: %i', (claims, count) => {
    expect(ofToken(claims).scopes).toHaveLength(count);
  });

  test.each([undefined, null, '', 7, 'a\nb', 's'.repeat(257)])('is rejected if sub is %j', (sub) => {
    expect(() => ofToken({ sub })).toThrow(expect.objectContaining({ check: 'subject' }));
  });
});

describe('the operator of a break-glass token', () => {
  const claims = { scope: 'audit:read', reason: 'incident 42', jti: 'id' };

  test('comes with the reason', () => {
    expect(ofToken(claims, breakGlass, BREAK_GLASS.maxSeconds)).toEqual({
      subject: 'ann',
      scopes: ['audit:read'],
      from: { kind: 'break_glass', tokenId: 'id', reason: 'incident 42' },
      expiresAt: 1_000 + BREAK_GLASS.maxSeconds,
    });
  });

  test('may read and nothing else, whatever its maker has claimed', () => {
    const scope = 'audit:read audit:forget audit:acknowledge tickets:revoke tickets:issue connections:act';
    expect(ofToken({ ...claims, scope }, breakGlass).scopes).toEqual(['audit:read']);
    expect(ofToken({ ...claims, scope: 'audit:forget' }, breakGlass).scopes).toEqual([]);
  });

  test('gets nothing by rules', () => {
    expect(ofToken({ ...claims, scope: '', groups: ['sre'] }, breakGlass).scopes).toEqual([]);
  });

  test.each<[string, object, number]>([
    ['no reason', { reason: undefined }, 60],
    ['a reason of two lines', { reason: 'a\r\nb' }, 60],
    ['no id', { jti: undefined }, 60],
    ['more than a day', {}, BREAK_GLASS.maxSeconds + 1],
  ])('is rejected with %s', (_name, changes, seconds) => {
    expect(() => ofToken({ ...claims, ...changes }, breakGlass, seconds)).toThrow(
      expect.objectContaining({ check: 'break_glass' }),
    );
  });
});

test('the operator of a proxy has what rules grant to user and groups, once', () => {
  const from = { kind: 'proxy', address: '10.0.0.1' };
  const identity = { user: 'ann', groups: ['sre'], address: '10.0.0.1' };
  expect(operatorOfProxy(identity, rules)).toEqual({
    subject: 'ann',
    scopes: ['audit:read'],
    from,
    expiresAt: null,
  });
  expect(operatorOfProxy({ ...identity, user: 'bob', groups: [] }, rules).scopes).toEqual([]);
});
