import { describe, expect, test } from 'vitest';
import { type Challenge, challengeOf } from './challenge.ts';

const expired: Challenge = {
  reason: 'token_invalid',
  detail: 'The token has expired (exp): get a fresh one.',
};

describe('the challenge of a refusal', () => {
  test.each([undefined, '', 'Basic YTpi', 'Bearerish x'])(
    'tells of no error where %j is no bearer token',
    (authorization) => {
      expect(challengeOf(expired, authorization)).toBe('Bearer');
    },
  );

  test.each(['Bearer x', 'bearer x', 'Bearer', 'BEARER a b'])('tells the error of %j', (authorization) => {
    expect(challengeOf(expired, authorization)).toBe(
      'Bearer error="invalid_token", error_description="The token has expired (exp): get a fresh one."',
    );
  });

  test('names the scope that a token lacks', () => {
    const detail = 'The token lacks a scope.';
    expect(challengeOf({ reason: 'scope_missing', detail, scope: 'audit:read' }, 'Bearer x')).toBe(
      'Bearer error="insufficient_scope", error_description="The token lacks a scope.", scope="audit:read"',
    );
    expect(challengeOf({ reason: 'scope_missing', detail }, undefined)).toBeUndefined();
  });

  test('describes in the characters that a description may have, and not at length', () => {
    const detail = `a"b\\c\r\nd\u202eé🎟~${'x'.repeat(600)}`;
    const challenge = challengeOf({ reason: 'session_missing', detail }, 'Bearer x');
    expect(challenge).toContain('error_description="a?b?c??d???~xxx');
    expect(challenge).toHaveLength('Bearer error="invalid_token", error_description=""'.length + 512);
  });

  test.each(['store_unavailable', 'origin_blocked', 'request_invalid'] as const)(
    'is none for %s',
    (reason) => {
      expect(challengeOf({ reason, detail: '' }, 'Bearer x')).toBeUndefined();
    },
  );
});
