import { decodeJwt, type JWTPayload } from 'jose';
import type { IssuerConfig, UserIssuerConfig } from '../issuer-config.ts';
import type { ScopeRule } from '../operator-scope-rules.ts';
import type { PrincipalRule } from '../principal.ts';
import { explainAudience } from './audience.ts';
import { explainForm } from './form.ts';
import { type ExplainedHeader, explainHeader } from './header.ts';
import { type AcceptedIssuers, explainIssuer } from './issuer.ts';
import { explainOperator } from './operator.ts';
import { explainPrincipal } from './principal.ts';
import { placeOf, type SettingPlace } from './setting-place.ts';
import { explainSignature } from './signature.ts';
import { explainTimes } from './times.ts';
import type { ExplainedTopic, TokenDiagnostic } from './token-diagnostic.ts';

export interface UserAcceptance extends AcceptedIssuers<UserIssuerConfig> {
  /** How tokens of issuers that are not configured would name session, user and attributes. */
  readonly rule: PrincipalRule;
}

export interface OperatorAcceptance extends AcceptedIssuers<IssuerConfig> {
  readonly scopeRules: readonly ScopeRule[];
}

/**
 * Says of a user's token, side by side, what a service finds in it and what it finds wrong, past the first fault, and
 * what to set. It has a fault exactly where the service refuses. Values of claims are shown, cut and without anything
 * invisible, but never the token or its signature. Keys are fetched from where the settings say, and from nowhere else.
 */
export function explainUserToken(
  token: string,
  acceptance: UserAcceptance,
): Promise<readonly ExplainedTopic[]> {
  return explain(token, acceptance, (claims, config, place) => {
    const rule = config?.principals ?? acceptance.rule;
    const issuer = config?.issuer ?? String(claims.iss);
    return { topic: 'principal', diagnostics: explainPrincipal(claims, { issuer, rule, place }) };
  });
}

/** Says the same of an operator's token. */
export function explainOperatorToken(
  token: string,
  acceptance: OperatorAcceptance,
): Promise<readonly ExplainedTopic[]> {
  return explain(token, acceptance, (claims, config) => {
    const issuer = config ?? NO_ISSUER;
    const verified = {
      issuer,
      issuedAt: Number(claims.iat),
      expiresAt: Number(claims.exp),
      kid: null,
      claims,
    };
    return { topic: 'operator', diagnostics: explainOperator(verified, acceptance.scopeRules) };
  });
}

/** Stands for one that is not configured, so that the rest can be looked at. */
const NO_ISSUER: IssuerConfig = { alias: 'none', issuer: '', audiences: [], keys: { jwks: { keys: [] } } };

type ExplainBearer<Config> = (
  claims: Readonly<JWTPayload>,
  config: Config | undefined,
  place: SettingPlace,
) => ExplainedTopic;

async function explain<Config extends IssuerConfig>(
  token: string,
  accepted: AcceptedIssuers<Config>,
  explainBearer: ExplainBearer<Config>,
): Promise<readonly ExplainedTopic[]> {
  const form = explainForm(token);
  const claims = claimsOf(token);
  if (!claims) return [{ topic: 'token', diagnostics: isMangled(form) ? form : [...form, WITHOUT_CLAIMS] }];

  const { header, diagnostics } = isMangled(form) ? NO_HEADER : await explainHeader(token, claims);
  const issuer = explainIssuer(claims, header?.alg, accepted);
  const { config } = issuer;
  const place: SettingPlace = config
    ? placeOf(config, accepted)
    : { kind: accepted.listed ? 'entry' : 'variables', prefix: accepted.prefix, alias: 'new' };
  const signature = header && config ? await explainSignature(token, header, config, place) : undefined;
  return [
    { topic: 'token', diagnostics: [...form, ...diagnostics] },
    { topic: 'issuer', diagnostics: issuer.diagnostics },
    ...(signature ? [{ topic: 'signature', diagnostics: signature } as const] : []),
    ...(config ? [{ topic: 'audience', diagnostics: explainAudience(claims, config, place) } as const] : []),
    { topic: 'times', diagnostics: explainTimes(claims, config, place) },
    explainBearer(claims, config, place),
  ];
}

/** What is sent otherwise than its issuer made it is not looked at for what its issuer may have done wrong. */
const NO_HEADER: ExplainedHeader = { header: undefined, diagnostics: [] };

const WITHOUT_CLAIMS: TokenDiagnostic = {
  level: 'error',
  check: 'form',
  message: 'its second part is not what a JWT has: a JSON object with the claims',
  remedy: 'Give it as its issuer made it, to the last character.',
};

function isMangled(form: readonly TokenDiagnostic[]): boolean {
  return form.some((diagnostic) => diagnostic.level === 'error' && diagnostic.check !== 'size');
}

/** What a token says, if it says anything, whoever made it. */
function claimsOf(token: string): Readonly<JWTPayload> | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}
