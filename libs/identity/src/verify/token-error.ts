import { ExpectedError, type Reason } from '@admit-one/core';
import { errors } from 'jose';

/**
 * The checks of a token, each with the sentence that its sender gets: which check failed, and what to change. No sentence
 * repeats a part of the token. `$claim` stands for the claim in question, `$AUDIENCE` for the variable of that name.
 */
export const tokenChecks = {
  missing: 'There is no bearer token in the Authorization header: send one there, after Bearer and a space.',
  size: 'The token is longer than $MAX_TOKEN_BYTES allows: let its issuer put fewer claims into it, or raise that setting.',
  form: 'The token is not a signed JWT in the compact form: let its issuer make one, as opaque and encrypted tokens cannot be checked here.',
  issuer:
    'The issuer of the token (iss) is not accepted here: get a token from one that is, or name this one in $ISSUER (issuer in $ISSUERS), letter by letter.',
  type: 'The type of the token (typ) is neither JWT nor at+jwt, or it is a security event (events): send an access token or an ID token.',
  algorithm:
    'The algorithm of the token (alg) is not one that its issuer may use: let it sign with one that is, or add an asymmetric one to $ALGORITHMS (algorithms in $ISSUERS).',
  critical:
    'The token needs an extension (crit) that is not understood here: let its issuer make it without.',
  key: 'No key of the issuer fits the token (kid, alg): get a fresh token, and check that $JWKS_URL or $JWKS (jwksUrl or jwks in $ISSUERS) gives the keys that its issuer signs with.',
  kid: 'More keys of the issuer fit the token than are tried: let its issuer name one of them in the header (kid).',
  signature:
    'The signature of the token does not verify: send the token as its issuer made it, and check that $JWKS_URL or $JWKS (jwksUrl or jwks in $ISSUERS) gives the keys that it signs with.',
  audience:
    'The token is for another audience ($claim): ask its issuer for a token for this API, or add its audience to $AUDIENCE (audience in $ISSUERS).',
  times:
    'A time of the token (exp, iat, nbf) is missing or not a number: let its issuer set exp and iat, in seconds.',
  expired: 'The token has expired (exp): get a fresh one.',
  early:
    'The token is not valid yet (nbf, iat): set the clocks right, or raise $CLOCK_TOLERANCE_SECONDS (clockToleranceSeconds in $ISSUERS).',
  session:
    'The claim $claim of the token, which names the session, is not a string of 1 to 256 printable characters: let its issuer send one, or name another claim in $SESSION_CLAIMS (sessionClaims in $ISSUERS).',
  user: 'The claim $claim of the token, which names the user, is not a string of 1 to 256 printable characters: let its issuer send one, or name another claim in $USER_CLAIM (userClaim in $ISSUERS).',
  subject:
    'The subject of the token (sub) is not a string of 1 to 256 printable characters: let its issuer send one.',
  break_glass:
    'The break-glass token is valid for longer than 24 hours, or lacks its id (jti) or its reason: make another one with npx @admit-one/cli token --break-glass.',
  keys: "The keys of the token's issuer cannot be fetched: try again in a few seconds, and where that does not help, look for dependency_down in the log.",
} as const;

export type TokenCheck = keyof typeof tokenChecks;

export interface TokenErrorOptions extends ErrorOptions {
  /** The name of the claim that failed the check, for checks that concern one of several. */
  readonly claim?: string;
}

/** A token that was not accepted. */
export class TokenError extends ExpectedError {
  /** The check that failed. */
  readonly check: TokenCheck;
  readonly claim: string | undefined;
  /** `issuer_unavailable` if the issuer's keys cannot be fetched, so that the token cannot be verified. */
  readonly reason: Extract<Reason, 'token_invalid' | 'issuer_unavailable'>;

  constructor(check: TokenCheck, { claim, ...options }: TokenErrorOptions = {}) {
    super(`The token was not accepted: ${check}`, options);
    this.name = 'TokenError';
    this.check = check;
    this.claim = claim;
    this.reason = check === 'keys' ? 'issuer_unavailable' : 'token_invalid';
  }
}

/**
 * Receives every failed check. To throw the error ends the checks, as a verifier does at the first failure. To return lets
 * the remaining checks run, as an explanation needs.
 */
export type OnFailure = (error: TokenError) => void;

/** Ends the checks at the first failure. */
export function reject(error: TokenError): never {
  throw error;
}

/** Translates an error of jose about a token. Anything else is a bug and is returned unchanged. */
export function tokenErrorOf(error: unknown): unknown {
  if (error instanceof errors.JOSENotSupported) return new TokenError('critical');
  if (error instanceof errors.JWSSignatureVerificationFailed) return new TokenError('signature');
  if (error instanceof errors.JOSEError) return new TokenError('form');
  return error;
}
