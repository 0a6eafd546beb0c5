import type { Diagnostic } from '@admit-one/core';
import type { CompactJWSHeaderParameters } from 'jose';
import type { IssuerConfig } from '../issuers/types.ts';
import type { TokenCheck, TokenError } from '../verify/token-error.ts';
import type { Claims } from '../verify/types.ts';
import type { SettingPlace } from './settings.ts';

/** Why a service rejects a token: a failed check, or something that it lacks for this service. */
export type TokenIssue = TokenCheck | 'no_session' | 'scope';

/** A diagnostic about a token. A service rejects the token for each error, even if it were the only one. */
export type TokenDiagnostic =
  | (Diagnostic & { readonly level: 'ok' | 'warning' })
  | (Diagnostic & { readonly level: 'error'; readonly check: TokenIssue });

/** The diagnostics about one aspect of a token. */
export interface ExplainedTopic {
  readonly topic: 'token' | 'issuer' | 'signature' | 'audience' | 'times' | 'principal' | 'operator';
  readonly diagnostics: readonly TokenDiagnostic[];
}

/** The results of the verifier's checks, and the settings that they used. */
export interface CheckResults {
  readonly token: string;
  /** The longest accepted token, in bytes. */
  readonly maxBytes: number;
  readonly failures: readonly TokenError[];
  readonly header: CompactJWSHeaderParameters | undefined;
}

/** The same for a token whose claims can be read. */
export interface ClaimResults<Config extends IssuerConfig = IssuerConfig> extends CheckResults {
  readonly claims: Claims;
  /** The issuer whose settings apply: the one of the token, or one that is only spelled differently. */
  readonly config: Config | undefined;
  readonly place: SettingPlace;
}
