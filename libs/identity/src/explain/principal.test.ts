import { describe, expect, test } from 'vitest';
import { explainPrincipal } from './principal.ts';

const place = { kind: 'variables', prefix: 'JWT' } as const;
const derive = {
  sessionClaims: ['sid'],
  sessionPolicy: 'derive',
  userClaim: 'sub',
  attributeClaims: [],
} as const;
const require = { ...derive, sessionPolicy: 'require' } as const;

const told = (claims: object, rule: typeof derive | typeof require = derive) =>
  explainPrincipal({ ...claims }, { issuer: 'i', rule, place })
    .slice(0, 1)
    .map(({ level, message, remedy = '' }) => `${level} ${message} ${remedy}`);

describe('the session of a token', () => {
  test.each([
    [{ sid: 's' }, /^ok its session is "s", by sid; providers keep it/],
    [{ sid: 's', jti: 's' }, /^warning .* changes with every token, like jti/],
    [{ sub: 'a', auth_time: 1 }, /^ok .* iss, sub and auth_time.* each login has its own/],
    [{ sub: 'a' }, /^warning .* all logins of the user share it To distinguish logins, have its issuer add/],
    [{ sub: 'a', ses_id: 'x' }, /^warning .* set JWT_SESSION_CLAIMS=sid,ses_id\.$/],
    [{ name: 'x' }, /^error it names no session: none by "sid", and it has no sub .* it has name/],
    [{ sid: {} }, /^error it names no session/],
    [{ sid: '', sub: 'a' }, /^warning its session is .* \(no session is named by "sid"\)/],
    [{ sid: 'a\n' }, /^error its sid, .* is "a\\n", not 1 to 256/],
  ])('%o', (claims, line) => {
    expect(told(claims)).toEqual([expect.stringMatching(line)]);
  });

  test('says what would be accepted where one is required', () => {
    expect(told({ sub: 'a', session_id: 'x' }, require)).toEqual([
      expect.stringMatching(/set JWT_SESSION_CLAIMS=sid,session_id; or set SESSION_POLICY=derive\.$/),
    ]);
  });
});

test('a probe is told by the claim that marks it', () => {
  const rule = { ...derive, syntheticClaim: { claim: 'azp', value: 'admit-probe' } };
  const messages = (azp: string) =>
    explainPrincipal({ sid: 's', azp }, { issuer: 'i', rule, place }).map(({ message }) => message);
  expect(messages('admit-probe').at(-1)).toContain('its azp marks it as that of a probe');
  expect(messages('app').join()).not.toContain('probe');
});
