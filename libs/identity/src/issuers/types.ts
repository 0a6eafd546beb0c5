import type { KeySet } from '../keys/key-set.ts';
import type { PrincipalRule } from '../principal/principal.ts';

/** The signature algorithms that an issuer may use. None is symmetric: whoever can verify could sign as well. */
export const signatureAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
] as const;

export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** What an issuer may use where nothing else is configured. */
export const DEFAULT_ALGORITHMS: readonly SignatureAlgorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];

/** Where the public keys of an issuer are: at one URL, where its discovery document says, or here. */
export type IssuerKeys =
  | { readonly jwksUrl: string }
  | { readonly discoveryUrl: string }
  | { readonly jwks: KeySet };

/** Where the discovery document of an issuer is (OpenID Connect Discovery 1.0, section 4.1). */
export function discoveryUrlOf(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** The claims that may say whom a token is for. Some issuers put nothing into `aud`, and name the client elsewhere. */
export const audienceClaims = ['aud', 'azp', 'client_id'] as const;

export type AudienceClaim = (typeof audienceClaims)[number];

/** How far an issuer's clock may be off where nothing else is configured, in seconds. */
export const DEFAULT_CLOCK_TOLERANCE_SECONDS = 5;

/** An issuer whose tokens are accepted. */
export interface IssuerConfig {
  /** The name that principals, events and subjects carry in place of the URL. */
  readonly alias: string;
  /** The exact `iss` of its tokens. */
  readonly issuer: string;
  /** Accepted values of `audienceClaim`; null switches the check off. */
  readonly audiences: readonly string[] | null;
  /** `aud` where it is not given. */
  readonly audienceClaim?: AudienceClaim;
  /** `DEFAULT_ALGORITHMS` where it is not given. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** `DEFAULT_CLOCK_TOLERANCE_SECONDS` where it is not given. */
  readonly clockToleranceSeconds?: number;
  readonly keys: IssuerKeys;
}

/** An issuer of users' tokens. */
export interface UserIssuerConfig extends IssuerConfig {
  readonly principals: PrincipalRule;
}

/** Whether a value names one of the signature algorithms. */
export function isSignatureAlgorithm(value: string): value is SignatureAlgorithm {
  return (signatureAlgorithms as readonly string[]).includes(value);
}
