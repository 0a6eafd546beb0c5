import type { Diagnostic } from '@admit-one/core';
import type { IssuerConfig, PrincipalRule, UserIssuerConfig } from '../issuers/types.ts';
import { inspectIssuer } from '../keys/inspect-issuer.ts';
import { createIssuerKeys } from '../keys/issuer-keys.ts';
import type { ScopeRule } from '../operators/scopes.ts';
import { checkToken } from '../verify/check-token.ts';
import { TokenError } from '../verify/token-error.ts';
import {
  bearerTokenOf,
  DEFAULT_MAX_TOKEN_BYTES,
  isCompact,
  unverifiedClaimsOf,
} from '../verify/token-form.ts';
import { explainAudience } from './audience.ts';
import { type AcceptedIssuers, applicableIssuer, explainIssuer } from './issuer.ts';
import { explainOperator } from './operator.ts';
import { explainPrincipal } from './principal.ts';
import { placeOf, type SettingPlace } from './settings.ts';
import { explainSignature } from './signature.ts';
import { explainTimes } from './times.ts';
import { explainForm } from './token.ts';
import type { ClaimResults, ExplainedTopic } from './types.ts';
import { shown } from './words.ts';

export interface UserAcceptance extends AcceptedIssuers<UserIssuerConfig> {
  /** The principal rule for tokens of issuers that are not configured. */
  readonly rule: PrincipalRule;
}

export interface OperatorAcceptance extends AcceptedIssuers<IssuerConfig> {
  readonly scopeRules: readonly ScopeRule[];
}

/**
 * Explains a user's token: what a service reads in it, every failed check, and what to set. It runs the checks of the
 * verifier, and has an error if and only if the service rejects the token. Values of claims are shown, cut and escaped; the
 * token and its signature are not. Keys are fetched from where the settings say, and from nowhere else.
 */
export function explainUserToken(
  token: string,
  acceptance: UserAcceptance,
): Promise<readonly ExplainedTopic[]> {
  return explain(token, acceptance, ({ claims, config, place }) => {
    const rule = config?.principals ?? acceptance.rule;
    const issuer = config?.issuer ?? (typeof claims.iss === 'string' ? claims.iss : shown(claims.iss));
    return { topic: 'principal', diagnostics: explainPrincipal(claims, { issuer, rule, place }) };
  });
}

/** Explains an operator's token in the same way. */
export function explainOperatorToken(
  token: string,
  acceptance: OperatorAcceptance,
): Promise<readonly ExplainedTopic[]> {
  return explain(token, acceptance, ({ claims, config: issuer = UNKNOWN_ISSUER }) => {
    const checked = { issuer, issuedAt: numberIn(claims.iat), expiresAt: numberIn(claims.exp), claims };
    return { topic: 'operator', diagnostics: explainOperator(checked, acceptance.scopeRules) };
  });
}

/** `Number` throws for an object whose `toString` is no function. */
function numberIn(claim: unknown): number {
  return typeof claim === 'number' ? claim : Number.NaN;
}

/** Replaces an issuer that is not configured, so that the operator can be explained. */
const UNKNOWN_ISSUER: IssuerConfig = {
  alias: 'none',
  issuer: '',
  audiences: [],
  keys: { jwks: { keys: [] } },
};

async function explain<Config extends IssuerConfig>(
  token: string,
  accepted: AcceptedIssuers<Config>,
  explainBearer: (results: ClaimResults<Config>) => ExplainedTopic,
): Promise<readonly ExplainedTopic[]> {
  const { maxTokenBytes: maxBytes = DEFAULT_MAX_TOKEN_BYTES } = accepted;
  const failures: TokenError[] = [];
  if (bearerTokenOf(`Bearer ${token}`) === null) failures.push(new TokenError('missing'));
  const config = applicableIssuer(unverifiedClaimsOf(token)?.iss, accepted.issuers);
  const trusted = config && {
    config,
    keys: createIssuerKeys(config, { onError() {}, onReachable() {}, onIgnored() {} }),
  };
  const noKeys: readonly Diagnostic[] = [];
  const [{ claims, header }, keys] = await Promise.all([
    checkToken(token, { maxBytes, issuerFor: () => trusted }, (failure) => failures.push(failure)),
    config && isCompact(token) ? inspectIssuer(config) : noKeys,
  ]);

  const form: ExplainedTopic = {
    topic: 'token',
    diagnostics: explainForm({ token, maxBytes, failures, header }, claims),
  };
  if (!claims) return [form];
  const place: SettingPlace = config
    ? placeOf(config, accepted)
    : { kind: accepted.listed ? 'entry' : 'variables', prefix: accepted.prefix, alias: 'new' };
  const results: ClaimResults<Config> = { token, maxBytes, failures, header, claims, config, place };
  const topics: readonly ExplainedTopic[] = [
    form,
    { topic: 'issuer', diagnostics: explainIssuer(results, accepted) },
    { topic: 'signature', diagnostics: explainSignature(results, keys) },
    { topic: 'audience', diagnostics: explainAudience(results) },
    { topic: 'times', diagnostics: explainTimes(results) },
    explainBearer(results),
  ];
  return topics.filter(({ diagnostics }) => diagnostics.length > 0);
}
