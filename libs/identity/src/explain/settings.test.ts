import { describe, expect, test } from 'vitest';
import { howToSet, ownAudienceOf, placeOf } from './settings.ts';

const variables = { kind: 'variables', prefix: 'JWT' } as const;
const entry = { kind: 'entry', prefix: 'OPERATOR', alias: 'corp' } as const;
const keys = { jwks: { keys: [] } };

test.each([
  ['https://a.example', false, { kind: 'variables', prefix: 'JWT' }],
  ['https://a.example', true, { kind: 'entry', prefix: 'JWT', alias: 'corp' }],
  ['urn:admit-one:anonymous', true, { kind: 'own' }],
])('the settings of %s, in a list: %s', (issuer, listed, place) => {
  const config = { alias: 'corp', issuer, audiences: [], keys };
  expect(placeOf(config, { prefix: 'JWT', listed })).toEqual(place);
});

describe('a setting is set', () => {
  test.each([
    [['a', 'b'], 'set JWT_AUDIENCE=a,b'],
    [['https://a.example/$x'], "set JWT_AUDIENCE='https://a.example/$x'"],
    [["it's"], "set JWT_AUDIENCE='it'\\''s'"],
    [
      ['a,b'],
      'set "audience": ["a,b"] in an entry of JWT_ISSUERS, as the items of a variable cannot contain commas',
    ],
  ])('in a variable: %j', (value, told) => {
    expect(howToSet(variables, 'audience', value)).toBe(told);
  });

  test('in an entry of a list', () => {
    const told = 'set "audience": ["a", "b"] in the entry corp of OPERATOR_ISSUERS';
    expect(howToSet(entry, 'audience', ['a', 'b'])).toBe(told);
    expect(howToSet(entry, 'clockToleranceSeconds', 9)).toContain('"clockToleranceSeconds": 9 in');
  });

  test.each([['x'.repeat(257)], ['a\u202eb'], ['a\u0007'], [Array.from({ length: 17 }, () => 'a')]])(
    'to nothing that cannot be shown: %j',
    (value) => {
      expect(howToSet(variables, 'audience', value)).toBeUndefined();
    },
  );

  test('nowhere for our issuers', () => {
    expect(howToSet({ kind: 'own' }, 'audience', 'a')).toBeUndefined();
  });
});

test.each([
  [
    { aud: ['https://tenant.auth0.com/userinfo', 'api'], azp: 'client' },
    { claim: 'aud', audience: 'api' },
  ],
  [{ aud: ['account', 'websocket'] }, { claim: 'aud', audience: 'websocket' }],
  [
    { aud: 'account', azp: 'web' },
    { claim: 'azp', audience: 'web' },
  ],
  [{ client_id: 'abc' }, { claim: 'client_id', audience: 'abc' }],
  [{ aud: '*' }, undefined],
  [{ aud: [' * ', ''] }, undefined],
  [{ aud: 'https://graph.microsoft.com' }, undefined],
  [{}, undefined],
])('of %o, what is not for everybody is %o', (claims, own) => {
  expect(ownAudienceOf(claims)).toEqual(own);
});
