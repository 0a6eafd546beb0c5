import { type Reason, reasonRow } from '@admit-one/core';

/** What a `WWW-Authenticate` header tells of. */
export interface Challenge {
  readonly reason: Reason;
  /** The sentence of the problem document. */
  readonly detail: string;
  /** The scope that the token lacks. */
  readonly scope?: string | undefined;
}

/** RFC 6750, section 3.1. */
const errors: Readonly<Partial<Record<Reason, string>>> = {
  token_invalid: 'invalid_token',
  session_missing: 'invalid_token',
  scope_missing: 'insufficient_scope',
};

const BEARER = /^Bearer(?: |$)/i;
/** RFC 6750, section 3: a description is printable ASCII but for quotes and backslashes. */
const NOT_IN_DESCRIPTION = /[^\x20\x21\x23-\x5b\x5d-\x7e]/gu;
/** The problem document has all of it; a proxy may take no more than 4 KiB of headers. */
const MAX_DESCRIPTION = 512;

/**
 * The value of `WWW-Authenticate` in the reply to a request (RFC 6750, section 3), or undefined where the refusal calls for
 * none. Whoever sent no bearer token is told of no error.
 */
export function challengeOf(
  { reason, detail, scope }: Challenge,
  authorization: string | undefined,
): string | undefined {
  const error = errors[reason];
  if (error === undefined || !BEARER.test(authorization ?? ''))
    return reasonRow(reason).http === 401 ? 'Bearer' : undefined;
  const description = detail.replaceAll(NOT_IN_DESCRIPTION, '?').slice(0, MAX_DESCRIPTION);
  const parameters = [`error="${error}"`, `error_description="${description}"`];
  if (scope !== undefined) parameters.push(`scope="${scope}"`);
  return `Bearer ${parameters.join(', ')}`;
}
