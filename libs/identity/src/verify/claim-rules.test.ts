import type { JWTPayload } from 'jose';
import { expect, test } from 'vitest';
import type { AudienceClaim } from '../issuers/types.ts';
import { isAcceptedAudience, timeErrorsOf } from './claim-rules.ts';

const audiences = ['app', 'api'];

function accepts(claims: JWTPayload, audienceClaim?: AudienceClaim): boolean {
  return isAcceptedAudience(claims, { audiences, ...(audienceClaim && { audienceClaim }) });
}

test.each([
  [{ aud: 'app' }, undefined, true],
  [{ aud: 'api' }, undefined, true],
  [{ aud: ['other', 'api'] }, undefined, true],
  [{ aud: 'other' }, undefined, false],
  [{ aud: 'APP' }, undefined, false],
  [{ aud: 'app ' }, undefined, false],
  [{ aud: 'app api' }, undefined, false],
  [{ aud: ['other', 5, null, ['app']] }, undefined, false],
  [{ aud: [] }, undefined, false],
  [{ aud: null }, undefined, false],
  [{ aud: { app: true } }, undefined, false],
  [{}, undefined, false],
  [{ azp: 'app' }, undefined, false],
  [{ azp: 'app', aud: 'other' }, 'azp', true],
  [{ azp: 'other', aud: 'app' }, 'azp', false],
  [{ azp: ['app'] }, 'azp', false],
  [{ aud: 'app' }, 'azp', false],
  [{ client_id: 'api' }, 'client_id', true],
  [{ client_id: ['api'] }, 'client_id', false],
  [{ client_id: 'other', azp: 'api' }, 'client_id', false],
] satisfies readonly [object, AudienceClaim | undefined, boolean][])(
  'whether %j is for app or api, as %s says: %s',
  (claims, audienceClaim, expected) => {
    expect(accepts(claims as JWTPayload, audienceClaim)).toBe(expected);
  },
);

test('an inherited claim does not count', () => {
  expect(accepts(Object.create({ aud: 'app' }))).toBe(false);
});

test('any audience is accepted if the check is switched off', () => {
  expect(isAcceptedAudience({ aud: 'other' }, { audiences: null, audienceClaim: 'azp' })).toBe(true);
});

const NOW = 1_700_000_000.5;
const times = { iat: NOW - 10, exp: NOW + 10 };

test.each<[object, readonly string[]]>([
  [times, []],
  [{ ...times, nbf: NOW - 10 }, []],
  [{ iat: NOW - 10 }, ['times exp']],
  [{ exp: NOW + 10 }, ['times iat']],
  [{ ...times, exp: '1' }, ['times exp']],
  [{ ...times, exp: Number.POSITIVE_INFINITY }, ['times exp']],
  [{ ...times, exp: Number.NEGATIVE_INFINITY }, ['expired exp']],
  [{ ...times, iat: Number.POSITIVE_INFINITY }, ['times iat']],
  [{ ...times, nbf: Number.POSITIVE_INFINITY }, ['early nbf']],
  [{ ...times, nbf: null }, ['times nbf']],
  [{ iat: NOW + 6, nbf: NOW + 6, exp: NOW - 6 }, ['early nbf', 'expired exp', 'early iat']],
])('the times %j fail %j', (claims, failed) => {
  const errors = timeErrorsOf({ ...claims }, 5, NOW);
  expect(errors.map(({ check, claim }) => `${check} ${claim}`)).toEqual(failed);
});
