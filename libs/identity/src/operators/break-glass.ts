import { randomUUID } from 'node:crypto';
import type { SigningKey } from '../issue/signing-key.ts';
import { createTokenIssuer } from '../issue/token-issuer.ts';
import { BREAK_GLASS } from '../issuers/own-issuers.ts';
import type { IssuerConfig } from '../issuers/types.ts';
import type { KeySet } from '../keys/key-set.ts';
import { isPrintable } from '../principal/identifier.ts';
import { type OnFailure, TokenError } from '../verify/token-error.ts';
import type { VerifiedToken } from '../verify/types.ts';
import type { OperatorScope } from './scopes.ts';

/** The only one that such a token has: who holds the key chooses the claims. */
export const BREAK_GLASS_SCOPE: OperatorScope = 'audit:read';

export interface BreakGlassOptions {
  /** Who uses it; `isPrintable`. */
  readonly subject: string;
  /** Why, such as the name of the incident; `isPrintable`. */
  readonly reason: string;
  /** At most `BREAK_GLASS.maxSeconds`. */
  readonly ttlSeconds: number;
}

/** Signs a token that may read the audit log. Needs no network. */
export function signBreakGlassToken(
  key: SigningKey,
  { subject, reason, ttlSeconds }: BreakGlassOptions,
): Promise<string> {
  const { issuer, audience } = BREAK_GLASS;
  const claims = { sub: subject, scope: BREAK_GLASS_SCOPE, reason, jti: randomUUID() };
  return createTokenIssuer({ issuer, audience, key }).sign(claims, { ttlSeconds });
}

/** The issuer of break-glass tokens, for a verifier. @param jwks the public keys of those who may sign them */
export function breakGlassIssuerOf(jwks: KeySet): IssuerConfig {
  const { alias, issuer, audience } = BREAK_GLASS;
  return { alias, issuer, audiences: [audience], algorithms: ['ES256'], keys: { jwks } };
}

/** The claims that every break-glass token has. */
export interface BreakGlass {
  readonly tokenId: string;
  readonly reason: string;
}

export function isBreakGlass({ issuer }: Pick<VerifiedToken, 'issuer'>): boolean {
  return issuer.issuer === BREAK_GLASS.issuer;
}

/** Reads a break-glass token. The check `break_glass` fails if it lacks its id or reason, or if its lifetime is too long. */
export function breakGlassOf(
  { issuedAt, expiresAt, claims }: Pick<VerifiedToken, 'issuedAt' | 'expiresAt' | 'claims'>,
  onFailure: OnFailure,
): BreakGlass | null {
  const { jti: tokenId, reason } = claims;
  const isTooLong = expiresAt - issuedAt > BREAK_GLASS.maxSeconds;
  if (!isTooLong && isPrintable(tokenId) && isPrintable(reason)) return { tokenId, reason };
  onFailure(new TokenError('break_glass'));
  return null;
}
