import { parseKeySet } from '../keys/key-set.ts';
import {
  commonSettingsOf,
  entriesOf,
  type IssuerPrefix,
  type IssuerSettings,
  type IssuerVariables,
  parseClaimValue,
} from './settings.ts';
import { DEFAULT_ALGORITHMS, isSignatureAlgorithm } from './signature-algorithms.ts';
import {
  ANY_AUDIENCE,
  DEFAULT_CLOCK_TOLERANCE_SECONDS,
  discoveryUrlOf,
  type IssuerConfig,
  type IssuerKeys,
  type LogoutRule,
  type PrincipalRule,
  type UserIssuerConfig,
} from './types.ts';

/** The issuers in the variables of a prefix. `validateIssuers` must find no issue in them. */
export function issuersOf(variables: IssuerVariables, prefix: IssuerPrefix): readonly IssuerConfig[] {
  return soundSettingsOf(variables, prefix).map((settings) => configOf(settings, prefix));
}

/** The issuers of users. `validateIssuers` must find no issue in the variables. */
export function userIssuersOf(variables: IssuerVariables): readonly UserIssuerConfig[] {
  return soundSettingsOf(variables, 'JWT').map((settings) => ({
    ...configOf(settings, 'JWT'),
    principals: ruleOf(settings),
    logout: logoutRuleOf(settings),
  }));
}

/** The principal rule of the variables, for issuers without settings. */
export function principalRuleOf(variables: IssuerVariables): PrincipalRule {
  return ruleOf(commonSettingsOf(variables, 'JWT'));
}

type SoundSettings = IssuerSettings & { readonly issuer: string };

function soundSettingsOf(variables: IssuerVariables, prefix: IssuerPrefix): readonly SoundSettings[] {
  return entriesOf(variables, prefix)
    .entries.map(({ settings }) => settings)
    .filter((settings): settings is SoundSettings => settings.issuer !== undefined);
}

function configOf(settings: SoundSettings, prefix: IssuerPrefix): IssuerConfig {
  const { issuer, alias = prefix.toLowerCase(), audience = [], audienceClaim = 'aud' } = settings;
  const { algorithms = DEFAULT_ALGORITHMS, clockToleranceSeconds = DEFAULT_CLOCK_TOLERANCE_SECONDS } =
    settings;
  return {
    alias,
    issuer,
    audiences: audience.includes(ANY_AUDIENCE) ? null : audience,
    audienceClaim,
    algorithms: algorithms.filter(isSignatureAlgorithm),
    clockToleranceSeconds,
    keys: keysOf(settings),
  };
}

function keysOf({ issuer, jwksUrl, jwks, discoveryUrl }: SoundSettings): IssuerKeys {
  if (jwksUrl !== undefined) return { jwksUrl };
  if (jwks !== undefined) return { jwks: parseKeySet(jwks) };
  return { discoveryUrl: discoveryUrl ?? discoveryUrlOf(issuer) };
}

function logoutRuleOf({ logoutAudience = [], logoutExpRequired = true }: IssuerSettings): LogoutRule {
  return { audiences: logoutAudience.length === 0 ? null : logoutAudience, expRequired: logoutExpRequired };
}

function ruleOf(settings: IssuerSettings): PrincipalRule {
  const { sessionClaims = [], sessionPolicy = 'derive', userClaim = 'sub', attributes = [] } = settings;
  const { nestedClaims = false, syntheticClaim } = settings;
  return {
    sessionClaims,
    sessionPolicy,
    userClaim,
    attributeClaims: attributes,
    nestedClaims,
    ...(syntheticClaim !== undefined && { syntheticClaim: parseClaimValue(syntheticClaim) }),
  };
}
