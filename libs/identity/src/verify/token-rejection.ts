import { ANONYMOUS_ISSUER } from '../issuers/own-issuers.ts';
import type { IssuerPrefix } from '../issuers/settings.ts';
import type { UserIssuerConfig } from '../issuers/types.ts';
import { type TokenCheck, type TokenError, tokenChecks } from './token-error.ts';

/** The rejection of a token, for its sender. */
export interface TokenRejection {
  readonly reason: TokenError['reason'];
  /** One sentence: which check failed, and what to change. */
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  /** Why the issuer's keys are unavailable. */
  readonly cause?: unknown;
}

/** The longest pause between two attempts to fetch an issuer's keys. */
const ISSUER_RETRY_SECONDS = 5;

/** @param prefix the prefix of the variables that its detail names */
export function tokenRejectionOf(error: TokenError, prefix: IssuerPrefix): TokenRejection {
  const { reason, cause } = error;
  const detail = detailOf(error, prefix);
  if (reason === 'token_invalid') return { reason, detail };
  return { reason, detail, retryAfterSeconds: ISSUER_RETRY_SECONDS, cause };
}

function detailOf({ check, claim = 'aud' }: TokenError, prefix: IssuerPrefix): string {
  return detailsOf[prefix][check].replace('$claim', () => claim);
}

/** The sentences of the checks, with the names of the variables. */
const detailsOf = {
  JWT: sentencesFor('JWT'),
  OPERATOR: sentencesFor('OPERATOR'),
} satisfies Record<IssuerPrefix, Readonly<Record<TokenCheck, string>>>;

function sentencesFor(prefix: IssuerPrefix): Readonly<Record<TokenCheck, string>> {
  const sentences = Object.entries(tokenChecks).map(([check, sentence]) => [
    check,
    sentence.replaceAll(/\$([A-Z_]+)/g, `${prefix}_$1`),
  ]);
  return Object.fromEntries(sentences);
}

/** The detail for a token that names no session: the claims that it has, and what to change. */
export function missingSessionDetail(claimNames: readonly string[], issuer: UserIssuerConfig): string {
  const { sessionClaims } = issuer.principals;
  const found = claimNames.length === 0 ? 'no claims' : `the claims ${claimNames.join(', ')}`;
  const wanted =
    sessionClaims.length === 0 ? '' : `, and none of ${sessionClaims.join(', ')} that can be used`;
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
