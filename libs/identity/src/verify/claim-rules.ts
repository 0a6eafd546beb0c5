import type { AudienceClaim, IssuerConfig } from '../issuers/types.ts';
import { TokenError } from './token-error.ts';
import type { Claims } from './types.ts';

const TYPES: readonly unknown[] = [undefined, 'jwt', 'at+jwt'];

/**
 * Whether a JWT is an access token or an ID token. Issuers sign other kinds with the same keys: proofs, and security
 * events such as logout tokens (RFC 8417, section 2.2; OpenID Connect Back-Channel Logout 1.0, section 2.4).
 */
export function isAcceptedType(typ: unknown, claims: Claims): boolean {
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  return TYPES.includes(type) && !Object.hasOwn(claims, 'events');
}

/** Whether one of a token's audiences is accepted. */
export function isAcceptedAudience(
  claims: Claims,
  { audiences, audienceClaim = 'aud' }: Pick<IssuerConfig, 'audiences' | 'audienceClaim'>,
): boolean {
  return (
    audiences === null || audiencesNamedIn(claims, audienceClaim).some((named) => audiences.includes(named))
  );
}

/** The audiences of a token: `aud` names one or several (RFC 7519, section 4.1.3), `azp` and `client_id` one. */
export function audiencesNamedIn(claims: Claims, claim: AudienceClaim): readonly string[] {
  const named: unknown = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  const candidates: readonly unknown[] = claim === 'aud' && Array.isArray(named) ? named : [named];
  return candidates.filter((candidate) => typeof candidate === 'string');
}

/**
 * Checks the times of a token: `exp` and `iat` are required, `nbf` is optional. JSON can say 1e999, which would never
 * expire.
 * @param nowSeconds Unix seconds, with their fraction
 * @returns `expired`, `early` or `times`, each with the claim
 */
export function timeErrorsOf(
  { exp, nbf, iat }: Claims,
  toleranceSeconds: number,
  nowSeconds: number,
): readonly TokenError[] {
  const errors: TokenError[] = [];
  const now = Math.floor(nowSeconds);
  if (isNumber(nbf) && nbf > now + toleranceSeconds) errors.push(new TokenError('early', { claim: 'nbf' }));
  else if (nbf !== undefined && !Number.isFinite(nbf)) errors.push(new TokenError('times', { claim: 'nbf' }));
  if (isNumber(exp) && exp <= now - toleranceSeconds)
    errors.push(new TokenError('expired', { claim: 'exp' }));
  else if (!Number.isFinite(exp)) errors.push(new TokenError('times', { claim: 'exp' }));
  if (!Number.isFinite(iat)) errors.push(new TokenError('times', { claim: 'iat' }));
  else if (Number(iat) > nowSeconds + toleranceSeconds)
    errors.push(new TokenError('early', { claim: 'iat' }));
  return errors;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
