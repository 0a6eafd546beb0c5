import type { UserIssuerConfig } from '../issuers/types.ts';
import { DEFAULT_CLOCK_TOLERANCE_SECONDS } from '../issuers/types.ts';
import { isMembers } from '../members.ts';
import { isName } from '../principal/identifier.ts';
import { checkSignature } from '../verify/check-token.ts';
import { audiencesNamedIn } from '../verify/claim-rules.ts';
import { reject } from '../verify/token-error.ts';
import { DEFAULT_MAX_TOKEN_BYTES, unverifiedClaimsOf } from '../verify/token-form.ts';
import type { TrustedIssuers } from '../verify/trusted-issuers.ts';
import type { Claims } from '../verify/types.ts';

/** Who has logged out, according to a logout token. */
export interface VerifiedLogout {
  readonly issuer: UserIssuerConfig;
  /** The session; null where the token is about every session of the subject. */
  readonly sid: string | null;
  readonly sub: string | null;
  readonly jti: string;
  /** Unix seconds. */
  readonly issuedAt: number;
}

/** A logout token that is not accepted. The message is a sentence for its issuer. */
export class LogoutTokenError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogoutTokenError';
  }
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const TYPES: readonly unknown[] = [undefined, 'jwt', 'logout+jwt'];
/** How old a token without an expiry may be. */
const MAX_AGE_SECONDS = 300;

/**
 * Verifies logout tokens (OpenID Connect Back-Channel Logout 1.0, section 2.6). That a token was not received before is for
 * the caller to check.
 */
export function createLogoutVerifier(issuers: TrustedIssuers<UserIssuerConfig>) {
  /** @throws {LogoutTokenError} @throws {TokenError} for the checks of the signature; `keys` where they are unreachable */
  return async function verifyLogout(token: string): Promise<VerifiedLogout> {
    const claims = token.length <= DEFAULT_MAX_TOKEN_BYTES ? unverifiedClaimsOf(token) : undefined;
    if (!claims) throw new LogoutTokenError('logout_token is not a signed JWT.');
    const issuer = issuers.get(claims.iss);
    if (!issuer) throw new LogoutTokenError('The issuer of the logout token (iss) is not accepted here.');
    const { header } = await checkSignature(token, issuer, reject);
    const typ = typeof header?.typ === 'string' ? header.typ.toLowerCase() : header?.typ;
    check(TYPES.includes(typ), 'The type of the logout token (typ) is not logout+jwt.');
    checkAudience(claims, issuer.config);
    checkTimes(claims, issuer.config);
    check(isMembers(isMembers(claims.events) && claims.events[EVENT]), `events has no object ${EVENT}.`);
    check(!Object.hasOwn(claims, 'nonce'), 'The logout token has a nonce.');
    const { jti } = claims;
    if (!isIdentifier(jti))
      throw new LogoutTokenError('jti is missing, or not a string of 1 to 256 characters.');
    const [sid, sub] = [nameIn(claims, 'sid'), nameIn(claims, 'sub')];
    check(sid !== null || sub !== null, 'The logout token has neither sid nor sub.');
    return { issuer: issuer.config, sid, sub, jti, issuedAt: Math.floor(Number(claims.iat)) };
  };
}

function check(isMet: boolean, sentence: string): void {
  if (!isMet) throw new LogoutTokenError(sentence);
}

/** The audience is a client id, which access tokens often don't have as theirs. */
function checkAudience(claims: Claims, { audiences, logout }: UserIssuerConfig): void {
  const accepted = logout?.audiences ?? audiences;
  check(
    accepted === null || audiencesNamedIn(claims, 'aud').some((named) => accepted.includes(named)),
    'The logout token is for another audience (aud): set logoutAudience to the client id.',
  );
}

function checkTimes({ iat, exp }: Claims, { clockToleranceSeconds, logout }: UserIssuerConfig): void {
  const tolerance = clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS;
  const now = Date.now() / 1000;
  check(
    Number.isFinite(iat) && Number(iat) <= now + tolerance,
    'iat is missing, not a number, or in the future.',
  );
  if (exp === undefined && logout?.expRequired === false)
    check(Number(iat) > now - MAX_AGE_SECONDS - tolerance, 'The logout token is too old (iat).');
  else
    check(
      Number.isFinite(exp) && Number(exp) > now - tolerance,
      'exp is missing, not a number, or in the past.',
    );
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 256;
}

function nameIn(claims: Claims, name: 'sid' | 'sub'): string | null {
  const value = claims[name];
  if (value === undefined || !isName(value)) return null;
  const text = String(value);
  return isIdentifier(text) ? text : null;
}
