import type { Diagnostic } from '@admit-one/core';
import type { TokenCheck } from '../verify/token-error.ts';

/** What a service refuses a token for: a check of the token itself, or what it lacks for this service. */
export type TokenIssue = TokenCheck | 'no_session' | 'scope';

/** A diagnostic about a token. Each fault is one that a service refuses the token for, were it the only one. */
export type TokenDiagnostic =
  | (Diagnostic & { readonly level: 'ok' | 'warning' })
  | (Diagnostic & { readonly level: 'error'; readonly check: TokenIssue });

/** What was found out about one side of a token. */
export interface ExplainedTopic {
  readonly topic: 'token' | 'issuer' | 'signature' | 'audience' | 'times' | 'principal' | 'operator';
  readonly diagnostics: readonly TokenDiagnostic[];
}
