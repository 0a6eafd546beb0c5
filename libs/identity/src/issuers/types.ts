import type { KeySet } from '../keys/key-set.ts';
import type { SignatureAlgorithm } from './signature-algorithms.ts';

/** Where the public keys of an issuer are: at a URL, at the URL in its discovery document, or here. */
export type IssuerKeys =
  | { readonly jwksUrl: string }
  | { readonly discoveryUrl: string }
  | { readonly jwks: KeySet };

/** The URL of an issuer's discovery document (OpenID Connect Discovery 1.0, section 4.1). */
export function discoveryUrlOf(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** The claims that may name the audience. Some issuers leave `aud` empty and name the client elsewhere. */
export const audienceClaims = ['aud', 'azp', 'client_id'] as const;

export type AudienceClaim = (typeof audienceClaims)[number];

/** How far an issuer's clock may be off by default, in seconds. */
export const DEFAULT_CLOCK_TOLERANCE_SECONDS = 5;

/** The audience setting that accepts any audience. */
export const ANY_AUDIENCE = '*';

/** An issuer whose tokens are accepted. */
export interface IssuerConfig {
  /** Its name in principals, events and bus subjects. */
  readonly alias: string;
  /** The exact `iss` of its tokens. */
  readonly issuer: string;
  /** Accepted audiences; null accepts all. */
  readonly audiences: readonly string[] | null;
  /** `aud` by default. */
  readonly audienceClaim?: AudienceClaim;
  /** `DEFAULT_ALGORITHMS` by default. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** `DEFAULT_CLOCK_TOLERANCE_SECONDS` by default. */
  readonly clockToleranceSeconds?: number;
  readonly keys: IssuerKeys;
}

/** A claim and a value of it: the whole, one element of a list, or one word of `scope` and `scp`. */
export interface ClaimValue {
  readonly claim: string;
  readonly value: string;
}

/** How session, user and attributes are read from a token. */
export interface PrincipalRule {
  /** Claim names; the first that is present names the session. */
  readonly sessionClaims: readonly string[];
  /** If no session claim is present: derive the session from issuer, `sub` and `auth_time`, or reject the token. */
  readonly sessionPolicy: 'derive' | 'require';
  /** The claim that names the user. */
  readonly userClaim: string;
  /** Names of the claims that are recorded and passed on with every connection. */
  readonly attributeClaims: readonly string[];
  /**
   * Whether `a.b` also names the member `b` of the claim `a`, where no claim has that literal name. By default names are
   * literal.
   */
  readonly nestedClaims?: boolean;
  /** What a token has whose tickets are for a probe: their events are synthetic. By default no token has it. */
  readonly syntheticClaim?: ClaimValue | undefined;
}

/** How logout tokens of an issuer differ (OpenID Connect Back-Channel Logout 1.0). */
export interface LogoutRule {
  /** Their audiences; null for those of its other tokens. */
  readonly audiences: readonly string[] | null;
  /** Whether a token without an expiry is rejected. Older providers send none. */
  readonly expRequired: boolean;
}

/** An issuer of users' tokens. */
export interface UserIssuerConfig extends IssuerConfig {
  readonly principals: PrincipalRule;
  readonly logout?: LogoutRule;
}
