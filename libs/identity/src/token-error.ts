/** What a token is checked for, in words for whoever sent it. None of them repeats a part of the token. */
export const tokenChecks = {
  missing: 'There is no bearer token in the Authorization header.',
  size: 'The token is longer than 8 KiB.',
  form: 'The token is not a signed JWT in the compact form.',
  issuer: 'The issuer (iss) of the token is not one of those accepted here.',
  type: 'The type (typ) of the token is neither JWT nor at+jwt.',
  algorithm: "The algorithm (alg) of the token is not one of its issuer's.",
  critical: 'The token needs an extension (crit) that is not understood here.',
  key: 'No single key of the issuer fits the token (kid, alg).',
  signature: 'The signature of the token does not verify.',
  audience: 'The token is for another audience (aud).',
  times: 'A time of the token (exp, iat, nbf) is missing or not a number.',
  expired: 'The token has expired (exp).',
  early: 'The token is not valid yet (nbf, iat).',
  session: 'The session claim of the token is not a string of 1 to 256 printable characters.',
  user: 'The user claim of the token is not a string of 1 to 256 printable characters.',
  subject: 'The subject (sub) of the token is not a string of 1 to 256 printable characters.',
  break_glass:
    'The break-glass token is good for longer than 24 hours, or lacks its id (jti) or its reason. Make another one with admit token --break-glass.',
  keys: "The keys of the token's issuer cannot be fetched.",
} as const;

export type TokenCheck = keyof typeof tokenChecks;

/** `invalid`: the token is no good. `issuer_unavailable`: that could not be found out. */
export type TokenErrorCode = 'invalid' | 'issuer_unavailable';

/** A token that was not accepted. */
export class TokenError extends Error {
  readonly code: TokenErrorCode;
  /** The check that failed. */
  readonly check: TokenCheck;

  constructor(check: TokenCheck, options?: ErrorOptions) {
    super(tokenChecks[check], options);
    this.name = 'TokenError';
    this.code = check === 'keys' ? 'issuer_unavailable' : 'invalid';
    this.check = check;
  }

  /** The check that failed, as a sentence. */
  get detail(): string {
    return tokenChecks[this.check];
  }
}
