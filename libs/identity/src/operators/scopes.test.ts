import { describe, expect, test } from 'vitest';
import { isGrantedBy, parseScopeRule } from './scopes.ts';

describe('a rule', () => {
  test.each<[string, string, string]>([
    ['groups:sre=audit:read', 'groups', 'sre'],
    ['https://example.com/roles:incident=audit:read', 'https://example.com/roles', 'incident'],
    ['email:ann@example.com=audit:read', 'email', 'ann@example.com'],
    ['dn:cn=sre=audit:read', 'dn', 'cn=sre'],
    ['cognito:groups:sre=audit:read', 'cognito:groups', 'sre'],
    ['sub:accounts.google.com%3A42=audit:read', 'sub', 'accounts.google.com:42'],
    ['dn:cn=sre%2Cdc=org=audit:read', 'dn', 'cn=sre,dc=org'],
    ['groups:100%25 ops=audit:read', 'groups', '100% ops'],
    ['groups:Zürich=audit:read', 'groups', 'Zürich'],
    ['__proto__:x=audit:read', '__proto__', 'x'],
  ])('%s', (text, claim, value) => {
    expect(parseScopeRule(text)).toEqual({ claim, value, scope: 'audit:read' });
  });

  test.each<[string, string]>([
    ['groups:sre', 'is not of the form'],
    ['groups=audit:read', 'is not of the form'],
    ['groups:=audit:read', 'is not of the form'],
    [':sre=audit:read', 'is not of the form'],
    ['groups:sre=', 'grants an unknown scope; the scopes are: audit:read'],
    ['groups:sre=audit:write', 'grants an unknown scope; the scopes are: audit:read'],
    ['groups:sre=constructor', 'grants an unknown scope'],
    ['groups:sre=Audit:Read', 'grants an unknown scope'],
    ['groups:sre = audit:read', 'grants an unknown scope'],
    ['groups:100%=audit:read', 'has a % that'],
    ['groups:%ff=audit:read', 'has a % that'],
  ])('is not %s', (text, message) => {
    expect(() => parseScopeRule(text)).toThrow(message);
  });
});

describe('a rule grants its scope', () => {
  const granted = (rule: string, claims: object) =>
    isGrantedBy(parseScopeRule(`${rule}=audit:read`), JSON.parse(JSON.stringify(claims)));

  test.each<[string, object]>([
    ['groups:sre', { groups: 'sre' }],
    ['groups:sre', { groups: ['dev', 'sre'] }],
    ['https://example.com/roles:sre', { 'https://example.com/roles': ['sre'] }],
    ['realm_access.roles:sre', { realm_access: { roles: ['sre'] } }],
    ['resource_access.admit.roles:sre', { resource_access: { admit: { roles: ['sre'] } } }],
    ['a.b:sre', { 'a.b': 'sre', a: { b: 'dev' } }],
  ])('by %s to %j', (rule, claims) => {
    expect(granted(rule, claims)).toBe(true);
  });

  test.each<[string, object]>([
    ['groups:sre', {}],
    ['groups:sre', { groups: 'sre-readonly' }],
    ['groups:sre', { groups: 'dev sre' }],
    ['groups:sre', { groups: 'dev,sre' }],
    ['groups:sre', { groups: 'SRE' }],
    ['groups:sre', { groups: ['dev', ['sre']] }],
    ['groups:sre', { groups: { sre: true } }],
    ['groups:sre', { groups: null }],
    ['groups:true', { groups: true }],
    ['groups:1', { groups: [1] }],
    ['Groups:sre', { groups: 'sre' }],
    ['groups.0:sre', { groups: ['sre'] }],
    ['groups.length:1', { groups: ['sre'] }],
    ['a.b:sre', { 'a.b': 'dev', a: { b: 'sre' } }],
    ['a.b:sre', { a: null }],
    ['constructor.name:Object', {}],
    ['__proto__.groups:sre', { groups: 'sre' }],
  ])('but not by %s to %j', (rule, claims) => {
    expect(granted(rule, claims)).toBe(false);
  });
});
