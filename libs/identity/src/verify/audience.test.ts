import type { JWTPayload } from 'jose';
import { expect, test } from 'vitest';
import type { AudienceClaim } from '../issuers/types.ts';
import { requireAudience } from './audience.ts';

const audiences = ['app', 'api'];

function accepts(claims: JWTPayload, audienceClaim?: AudienceClaim): boolean {
  try {
    requireAudience(claims, { audiences, ...(audienceClaim && { audienceClaim }) });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ check: 'audience', claim: audienceClaim ?? 'aud' });
    return false;
  }
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

test('an inherited claim is none', () => {
  expect(accepts(Object.create({ aud: 'app' }))).toBe(false);
});

test('anything goes where the check is switched off', () => {
  expect(() => requireAudience({ aud: 'other' }, { audiences: null, audienceClaim: 'azp' })).not.toThrow();
});
