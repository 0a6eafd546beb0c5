import type { JWTPayload } from 'jose';
import type { AudienceClaim, IssuerConfig } from '../issuers/types.ts';
import { TokenError } from './token-error.ts';

/**
 * Checks whom a token is for.
 * @throws {TokenError} `audience` where none of them is accepted
 */
export function requireAudience(
  claims: Readonly<JWTPayload>,
  { audiences, audienceClaim = 'aud' }: Pick<IssuerConfig, 'audiences' | 'audienceClaim'>,
): void {
  if (audiences === null) return;
  if (!audiencesNamedIn(claims, audienceClaim).some((named) => audiences.includes(named)))
    throw new TokenError('audience', { claim: audienceClaim });
}

/** Whom a token is for: `aud` names one or several (RFC 7519, section 4.1.3), `azp` and `client_id` one. */
export function audiencesNamedIn(claims: Readonly<JWTPayload>, claim: AudienceClaim): readonly string[] {
  const named: unknown = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  const candidates: readonly unknown[] = claim === 'aud' && Array.isArray(named) ? named : [named];
  return candidates.filter((candidate) => typeof candidate === 'string');
}
