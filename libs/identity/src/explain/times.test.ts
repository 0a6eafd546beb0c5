import { describe, expect, test } from 'vitest';
import { explainTimes } from './times.ts';

const NOW = 1_767_225_600;
const place = { kind: 'variables', prefix: 'JWT' } as const;
const good = { iat: NOW - 300, exp: NOW + 3_300 };

const told = (claims: object) =>
  explainTimes({ ...claims }, undefined, place, NOW).map(
    ({ level, message, remedy = '' }) => `${level} ${message} ${remedy}`,
  );

describe('the times of a token', () => {
  test('are told in words', () => {
    expect(told({ ...good, nbf: NOW - 300 })).toEqual([
      'ok it was issued 5 minutes ago, became good 5 minutes ago, expires in 55 minutes ',
      'ok it is good for 60 minutes in all ',
    ]);
  });

  test.each([
    [{ exp: NOW - 180 }, /^error it expired 3 minutes ago, .* 5 seconds Get a fresh one\.$/],
    [{ exp: undefined }, /^error it has no exp Let its issuer set exp/],
    [{ iat: '1' }, /^error its iat is "1", no time/],
    [{ iat: NOW + 30 }, /^error its iat is 30 seconds ahead .*; or set JWT_CLOCK_TOLERANCE_SECONDS=30\.$/],
    [{ nbf: NOW + 600 }, /^error its nbf is 10 minutes ahead .* Set the clocks right\.$/],
    [{ iat: NOW * 1_000 }, /looks like milliseconds/],
    [{ exp: NOW + 90_000 }, /^warning it is good for 25 hours in all A log-out may take that long/],
  ])('with %o', (claims, line) => {
    expect(told({ ...good, ...claims })).toContainEqual(expect.stringMatching(line));
  });
});
