import type { IssuerPrefix } from '../issuers/entries.ts';
import { ANONYMOUS_ISSUER } from '../issuers/own-issuers.ts';
import type { UserIssuerConfig } from '../issuers/types.ts';
import { type TokenError, tokenChecks } from './token-error.ts';

/** What a refusal of a token tells. */
export interface TokenRejection {
  readonly reason: TokenError['reason'];
  /** One sentence: which check failed, and what to change. */
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  /** Why it is not the token's fault, where it is not. */
  readonly cause?: unknown;
}

/** As long as the keys of an issuer that is down are left alone at the most. */
const ISSUER_RETRY_SECONDS = 5;

/** Makes the refusal of a token that was not accepted, for an issuer in variables of the prefix. */
export function tokenRejectionOf(error: TokenError, prefix: IssuerPrefix): TokenRejection {
  const { reason, cause } = error;
  const detail = detailOf(error, prefix);
  if (reason === 'token_invalid') return { reason, detail };
  return { reason, detail, retryAfterSeconds: ISSUER_RETRY_SECONDS, cause };
}

function detailOf({ check, claim = 'aud' }: TokenError, prefix: IssuerPrefix): string {
  return tokenChecks[check].replaceAll(/\$([A-Z_]+)/g, `${prefix}_$1`).replace('$claim', () => claim);
}

/** Says of a token without a session which claims it has, and what to change. @param claimNames as `principalOf` found them */
export function missingSessionDetail(claimNames: readonly string[], issuer: UserIssuerConfig): string {
  const { sessionClaims } = issuer.principals;
  const found = claimNames.length === 0 ? 'no claims' : `the claims ${claimNames.join(', ')}`;
  const wanted = sessionClaims.length === 0 ? '' : `, and none of ${sessionClaims.join(', ')}`;
  return `The token of issuer ${issuer.alias} names no session, as it has ${found}${wanted}: ${remedyOf(issuer)}.`;
}

function remedyOf({ issuer, principals }: UserIssuerConfig): string {
  if (issuer === ANONYMOUS_ISSUER.issuer) return 'ask for a new anonymous session';
  const alternative =
    principals.sessionPolicy === 'require'
      ? 'set SESSION_POLICY (sessionPolicy in JWT_ISSUERS) to derive, which makes the session from sub'
      : 'let the issuer add sub, to make the session from';
  return `add the claim that names it to JWT_SESSION_CLAIMS (sessionClaims in JWT_ISSUERS), or ${alternative}`;
}
