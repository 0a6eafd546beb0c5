import type { JWTPayload } from 'jose';
import type { IssuerConfig } from './issuer-config.ts';
import { TokenError } from './token-error.ts';

/**
 * Checks whom a token is for: `aud` names one or several (RFC 7519, section 4.1.3), `azp` and `client_id` one.
 * @throws {TokenError} `audience` where none of them is accepted
 */
export function requireAudience(
  claims: JWTPayload,
  { audiences, audienceClaim = 'aud' }: Pick<IssuerConfig, 'audiences' | 'audienceClaim'>,
): void {
  if (audiences === null) return;
  const named: unknown = Object.hasOwn(claims, audienceClaim) ? claims[audienceClaim] : undefined;
  const candidates: readonly unknown[] = audienceClaim === 'aud' && Array.isArray(named) ? named : [named];
  const isAccepted = (value: unknown) => typeof value === 'string' && audiences.includes(value);
  if (!candidates.some(isAccepted)) throw new TokenError('audience', { claim: audienceClaim });
}
