import type { Finding } from '@admit-one/core';
import type { TokenCheck } from '../token-error.ts';

/** What a service refuses a token for: a check of the token itself, or what it lacks for this service. */
export type TokenFault = TokenCheck | 'no_session' | 'scope';

/** A finding about a token. Each fault is one that a service refuses the token for, were it the only one. */
export type TokenFinding =
  | (Finding & { readonly level: 'ok' | 'warning' })
  | (Finding & { readonly level: 'fault'; readonly check: TokenFault });

/** What was found out about one side of a token. */
export interface ExplainedTopic {
  readonly topic: 'token' | 'issuer' | 'signature' | 'audience' | 'times' | 'principal' | 'operator';
  readonly findings: readonly TokenFinding[];
}
