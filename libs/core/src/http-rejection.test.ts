import { describe, expect, it, test } from 'vitest';
import { type HttpRejectionOptions, httpRejectionOf, rejectionBytes } from './http-rejection.ts';
import { problemOf } from './problem.ts';
import { type Reason, reasonRow, reasons } from './reasons.ts';

const all = Object.keys(reasons) as Reason[];
const bearer = { scheme: 'Bearer', authorization: 'Bearer x' } as const;

function challengeOf(reason: Reason, options: Partial<HttpRejectionOptions> = bearer): string | undefined {
  return httpRejectionOf(reason, 'trace', { ...bearer, ...options }).headers['WWW-Authenticate'];
}

describe('an HTTP rejection', () => {
  it.each(all)('of %s derives from its row', (reason) => {
    const { retryAfterSeconds, http } = reasonRow(reason);
    const { status, headers, body } = httpRejectionOf(reason, 'trace', { scheme: 'Ticket' });
    expect(status).toBe(http ?? 500);
    expect(headers['Retry-After']).toBe(retryAfterSeconds === null ? undefined : `${retryAfterSeconds}`);
    expect(headers['WWW-Authenticate']).toBe(http === 401 ? 'Ticket' : undefined);
    expect(headers.Upgrade).toBe(http === 426 ? 'websocket' : undefined);
    expect(JSON.parse(body)).toEqual(problemOf(reason, 'trace'));
  });

  it('has the Retry-After that a limit knows better, in whole seconds', () => {
    const { headers } = httpRejectionOf('rate_limited', 'trace', { ...bearer, retryAfterSeconds: 1.2 });
    expect(headers['Retry-After']).toBe('2');
  });

  it('is a whole response as bytes', () => {
    const rejection = httpRejectionOf('upgrade_required', 'trace', { scheme: 'Ticket' });
    const text = rejectionBytes(rejection).toString();
    expect(text).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\nConnection: Upgrade, close\r\n/);
    expect(text).toContain(`Content-Length: ${Buffer.byteLength(rejection.body)}\r\n\r\n{`);
  });
});

describe('the challenge of a rejection', () => {
  const detail = 'The token has expired (exp): get a fresh one.';

  test.each([undefined, '', 'Basic YTpi', 'Bearerish x'])(
    'has no error where %j is not a bearer token',
    (authorization) => expect(challengeOf('token_invalid', { authorization, detail })).toBe('Bearer'),
  );

  test.each(['Bearer x', 'bearer x', 'Bearer', 'BEARER a b'])('has the error of %j', (authorization) => {
    expect(challengeOf('token_invalid', { authorization, detail })).toBe(
      'Bearer error="invalid_token", error_description="The token has expired (exp): get a fresh one."',
    );
  });

  test('names the scope that a token lacks', () => {
    const lacking = 'The token lacks a scope.';
    expect(challengeOf('scope_missing', { detail: lacking, scope: 'audit:read' })).toBe(
      'Bearer error="insufficient_scope", error_description="The token lacks a scope.", scope="audit:read"',
    );
    expect(challengeOf('scope_missing', { detail: lacking, authorization: undefined })).toBeUndefined();
  });

  test('has only the characters that a description may have, and is bounded', () => {
    const long = `a"b\\c\r\nd\u202eé🎟~${'x'.repeat(600)}`;
    const challenge = challengeOf('session_missing', { detail: long });
    expect(challenge).toContain('error_description="a?b?c??d???~xxx');
    expect(challenge).toHaveLength('Bearer error="invalid_token", error_description=""'.length + 512);
  });

  test.each(['store_unavailable', 'origin_blocked', 'request_invalid'] as const)(
    'is absent for %s',
    (reason) => expect(challengeOf(reason)).toBeUndefined(),
  );

  test('is the scheme alone where a session is revoked', () => {
    expect(challengeOf('session_revoked')).toBe('Bearer');
  });
});
