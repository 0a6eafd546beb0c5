import { describe, expect, test } from 'vitest';
import { timeErrorsOf } from '../verify/claim-rules.ts';
import { explainTimes } from './times.ts';

const NOW = 1_767_225_600;
const place = { kind: 'variables', prefix: 'JWT' } as const;
const good = { iat: NOW - 300, exp: NOW + 3_300 };

function told(claims: object) {
  const failures = timeErrorsOf({ ...claims }, 5, NOW);
  const unread = { token: '', maxBytes: 0, header: undefined, config: undefined };
  const results = { ...unread, failures, claims: { ...claims }, place };
  return explainTimes(results, NOW).map(({ level, message, remedy = '' }) => `${level} ${message} ${remedy}`);
}

describe('the times of a token', () => {
  test('are told in words', () => {
    expect(told({ ...good, nbf: NOW - 300 })).toEqual([
      'ok it was issued 5 minutes ago, became valid 5 minutes ago, expires in 55 minutes ',
      'ok its lifetime is 60 minutes ',
    ]);
  });

  test.each([
    [
      { exp: NOW - 180 },
      /^error it expired 3 minutes ago; the clock tolerance is 5 seconds Get a fresh one\.$/,
    ],
    [{ exp: undefined }, /^error it has no exp Have its issuer set exp/],
    [{ iat: '1' }, /^error its iat is "1", not a time/],
    [{ iat: NOW + 30 }, /^error its iat is 30 seconds ahead .*; or set JWT_CLOCK_TOLERANCE_SECONDS=30\.$/],
    [{ nbf: NOW + 600 }, /^error its nbf is 10 minutes ahead .* Synchronize the clocks\.$/],
    [{ iat: NOW * 1_000 }, /looks like milliseconds/],
    [{ exp: NOW + 90_000 }, /^warning its lifetime is 25 hours Have its issuer shorten/],
  ])('with %o', (claims, line) => {
    expect(told({ ...good, ...claims })).toContainEqual(expect.stringMatching(line));
  });
});
