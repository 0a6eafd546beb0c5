import { parseKeySet } from '../keys/key-set.ts';
import type { PrincipalRule } from '../principal/principal.ts';
import { commonSettingsOf, entriesOf, type IssuerPrefix, type IssuerVariables } from './entries.ts';
import type { IssuerSettings } from './settings.ts';
import {
  DEFAULT_ALGORITHMS,
  DEFAULT_CLOCK_TOLERANCE_SECONDS,
  discoveryUrlOf,
  type IssuerConfig,
  type IssuerKeys,
  isSignatureAlgorithm,
  type UserIssuerConfig,
} from './types.ts';
import { ANY_AUDIENCE, validateEntry, validateSessionRules, validateUniqueIssuers } from './validate.ts';

/**
 * Everything that is wrong with the issuers in variables of a prefix: one in `<PREFIX>_ISSUER` and those beside it, or a
 * list in `<PREFIX>_ISSUERS`. Each fault is led by what it is about: `JWT_AUDIENCE`, `JWT_ISSUERS[1].audience`.
 */
export function validateIssuers(variables: IssuerVariables, prefix: IssuerPrefix): readonly string[] {
  const { entries, faults } = entriesOf(variables, prefix);
  const all = [
    ...formFaults(variables, prefix),
    ...faults,
    ...entries.flatMap(validateEntry),
    ...(prefix === 'JWT' ? entries.flatMap(validateSessionRules) : []),
    ...validateUniqueIssuers(entries),
  ];
  return [...new Set(all)];
}

/** What cannot stand beside each other. */
function formFaults(variables: IssuerVariables, prefix: IssuerPrefix): readonly string[] {
  const isSet = (name: string) => variables[`${prefix}_${name}`] !== undefined;
  const keys = ['JWKS_URL', 'JWKS'].filter(isSet);
  if (!isSet('ISSUERS'))
    return isSet('ISSUER') || keys.length === 0
      ? []
      : [`${prefix}_ISSUER: is not set. The keys of ${prefix}_${keys[0]} need the issuer they are of.`];
  return ['ISSUER', ...keys]
    .filter(isSet)
    .map((name) => `${prefix}_${name}: is set, and so is ${prefix}_ISSUERS, where it belongs into an entry.`);
}

/** The issuers in variables of a prefix that `issuersFaultsOf` finds nothing wrong with. */
export function issuersOf(variables: IssuerVariables, prefix: IssuerPrefix): readonly IssuerConfig[] {
  return soundSettingsOf(variables, prefix).map((settings) => configOf(settings, prefix));
}

/** The issuers of users, each with how its tokens name session, user and attributes. */
export function userIssuersOf(variables: IssuerVariables): readonly UserIssuerConfig[] {
  return soundSettingsOf(variables, 'JWT').map((settings) => ({
    ...configOf(settings, 'JWT'),
    principals: ruleOf(settings),
  }));
}

/** How tokens name session, user and attributes where their issuer has no rule of its own. */
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

function ruleOf(settings: IssuerSettings): PrincipalRule {
  const { sessionClaims = [], sessionPolicy = 'derive', userClaim = 'sub', attributes = [] } = settings;
  return { sessionClaims, sessionPolicy, userClaim, attributeClaims: attributes };
}
