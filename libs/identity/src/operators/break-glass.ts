import { randomUUID } from 'node:crypto';
import type { SigningKey } from '../issue/signing-key.ts';
import { createTokenIssuer } from '../issue/token-issuer.ts';
import type { IssuerConfig } from '../issuers/types.ts';
import type { KeySet } from '../keys/key-set.ts';
import { TokenError } from '../verify/token-error.ts';
import type { VerifiedToken } from '../verify/token-verifier.ts';
import { isPrintable } from './operator-text.ts';
import type { OperatorScope } from './scopes.ts';

/**
 * The issuer of tokens that somebody makes by hand, offline, for when the operators' own issuer is of no help: the same
 * in every deployment, its key is not.
 */
export const BREAK_GLASS = {
  alias: 'break-glass',
  issuer: 'urn:admit-one:break-glass',
  audience: 'admit-one-audit',
  /** The longest that a token is good, whoever made it. */
  maxSeconds: 24 * 60 * 60,
} as const;

const SCOPE: OperatorScope = 'audit:read';

export interface BreakGlassOptions {
  /** Who asks; printable, as `isPrintable` has it. */
  readonly subject: string;
  /** Why, such as the name of the incident; printable. */
  readonly reason: string;
  /** At most `BREAK_GLASS.maxSeconds`. */
  readonly ttlSeconds: number;
}

/** Signs a token that may read the audit trail. It needs no network. */
export function signBreakGlassToken(
  key: SigningKey,
  { subject, reason, ttlSeconds }: BreakGlassOptions,
): Promise<string> {
  const { issuer, audience } = BREAK_GLASS;
  const claims = { sub: subject, scope: SCOPE, reason, jti: randomUUID() };
  return createTokenIssuer({ issuer, audience, key }).sign(claims, { ttlSeconds });
}

/** The issuer as a verifier accepts it, by the public keys of those who may break the glass. */
export function breakGlassIssuerOf(jwks: KeySet): IssuerConfig {
  const { alias, issuer, audience } = BREAK_GLASS;
  return { alias, issuer, audiences: [audience], algorithms: ['ES256'], keys: { jwks } };
}

/** What a break-glass token says of itself. */
export interface BreakGlass {
  readonly tokenId: string;
  readonly reason: string;
}

/**
 * What a token says of itself where it is one of those; null where it is not.
 * @throws {TokenError} `break_glass` where it lacks id or reason, or is good for longer than any may be
 */
export function breakGlassOf({ issuer, issuedAt, expiresAt, claims }: VerifiedToken): BreakGlass | null {
  if (issuer.issuer !== BREAK_GLASS.issuer) return null;
  const { jti: tokenId, reason } = claims;
  const isTooLong = expiresAt - issuedAt > BREAK_GLASS.maxSeconds;
  if (isTooLong || !isPrintable(tokenId) || !isPrintable(reason)) throw new TokenError('break_glass');
  return { tokenId, reason };
}
