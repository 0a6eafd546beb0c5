/** Our own issuer of anonymous sessions: the same in every deployment, its key is not. */
export const ANONYMOUS_ISSUER = {
  alias: 'anonymous',
  issuer: 'urn:admit-one:anonymous',
  audience: 'admit-one',
} as const;
