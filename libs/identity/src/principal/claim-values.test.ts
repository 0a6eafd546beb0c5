import { expect, test } from 'vitest';
import { hasClaimValue } from './claim-values.ts';

test.each<[claim: string, value: unknown, has: boolean]>([
  ['azp', 'probe', true],
  ['azp', 'probe-2', false],
  ['azp', 'a probe', false],
  ['azp', undefined, false],
  ['roles', ['user', 'probe'], true],
  ['scope', 'openid probe', true],
  ['scp', ['openid', 'probe'], true],
  ['scope', 'openid probe-2', false],
  ['scope', { probe: true }, false],
])('a token with %s %j: %s', (claim, value, has) => {
  expect(hasClaimValue({ [claim]: value }, { claim, value: 'probe' })).toBe(has);
});

test.each([
  [{ realm: { roles: ['probe'] } }, true],
  [{ 'realm.roles': ['user'], realm: { roles: ['probe'] } }, false],
  [{ __proto__: { realm: { roles: ['probe'] } } }, false],
])('a name with dots is a path where no claim has it: %j', (claims, has) => {
  expect(hasClaimValue(claims, { claim: 'realm.roles', value: 'probe' })).toBe(has);
});
