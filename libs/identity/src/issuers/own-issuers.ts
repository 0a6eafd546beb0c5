/** Issuers of this product. They are the same in every deployment; their keys are not. */

/** Anonymous sessions. */
export const ANONYMOUS_ISSUER = {
  alias: 'anonymous',
  issuer: 'urn:admit-one:anonymous',
  audience: 'admit-one',
} as const;

/** The issuer in principals of users whom a backend vouches for. It signs no tokens. */
export const BACKEND_ISSUER_ALIAS = 'backend';

/** Test users of standalone. */
export const LOCAL_USERS = { alias: 'local', issuer: 'urn:admit-one:local', audience: 'admit-one' } as const;

/** What a token of `LOCAL_USERS` has whose tickets are for a probe. */
export const LOCAL_SYNTHETIC_CLAIM = { claim: 'scope', value: 'probe' } as const;

/** Operators of standalone. Its tokens are accepted beside those of configured issuers. */
export const LOCAL_OPERATORS = {
  alias: 'local-operator',
  issuer: 'urn:admit-one:operator',
  audience: 'admit-one-audit',
} as const;

/** Tokens that are signed offline, for when the operators' issuer is unavailable. */
export const BREAK_GLASS = {
  alias: 'break-glass',
  issuer: 'urn:admit-one:break-glass',
  audience: 'admit-one-audit',
  /** The longest lifetime of a token. */
  maxSeconds: 24 * 60 * 60,
} as const;

/** Says to the upstreams of proxy routes who a connection is for. Its tokens are accepted by none of our services. */
export const EDGE_ISSUER = 'urn:admit-one:edge';

/** Whether an issuer is one of ours, which have no settings. */
export function isOwnIssuer(issuer: string): boolean {
  return issuer.startsWith('urn:admit-one:');
}
