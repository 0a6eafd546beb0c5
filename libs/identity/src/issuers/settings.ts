import { type TSchema, Type } from 'typebox';
import { Check } from 'typebox/schema';
import { isMembers, type Members } from '../members.ts';
import { type AudienceClaim, audienceClaims, type ClaimValue } from './types.ts';

/** Values by the names of their variables. */
export type IssuerVariables = Readonly<Record<string, unknown>>;

/** The prefix of the variables about the issuers of users (`JWT_ISSUER`) or of operators (`OPERATOR_ISSUER`). */
export type IssuerPrefix = 'JWT' | 'OPERATOR';

/** The settings of an issuer. Those that are not set or malformed are undefined. */
export interface IssuerSettings {
  readonly issuer?: string;
  readonly alias?: string;
  readonly audience?: readonly string[];
  readonly audienceClaim?: AudienceClaim;
  readonly jwksUrl?: string;
  readonly discoveryUrl?: string;
  /** The JWK set as JSON. */
  readonly jwks?: string;
  readonly algorithms?: readonly string[];
  readonly clockToleranceSeconds?: number;
  readonly sessionClaims?: readonly string[];
  readonly sessionPolicy?: 'derive' | 'require';
  readonly userClaim?: string;
  readonly attributes?: readonly string[];
  readonly nestedClaims?: boolean;
  readonly logoutAudience?: readonly string[];
  readonly logoutExpRequired?: boolean;
  /** `claim:value`. */
  readonly syntheticClaim?: string;
}

export type IssuerSetting = keyof IssuerSettings;

/** An issuer as it is configured: by variables, or by an entry of a list. */
export interface IssuerEntry {
  readonly settings: IssuerSettings;
  /** The name of a setting in messages: `JWT_AUDIENCE`, or `JWT_ISSUERS[1].audience`. */
  nameOf(setting: IssuerSetting): string;
}

export interface IssuerEntries {
  readonly entries: readonly IssuerEntry[];
  /** What is malformed in the list. */
  readonly issues: readonly string[];
}

const text = Type.String({ minLength: 1 });
const texts = Type.Array(text);
const jwkSet = Type.Record(Type.String(), Type.Unknown());

/** The value follows the last colon. */
const CLAIM_VALUE = /^(?<claim>.+):(?<value>[^:]+)$/;

/** @param text a `syntheticClaim` */
export function parseClaimValue(text: string): ClaimValue {
  const { claim = '', value = '' } = CLAIM_VALUE.exec(text)?.groups ?? {};
  return { claim, value };
}

type Row = readonly [schema: TSchema, form: string, variable?: string];

/**
 * Every setting of an issuer: the schema of its member in a list entry, the same in words after "must be", and its variable,
 * with `$` for the prefix.
 */
const rows: Readonly<Record<IssuerSetting, Row>> = {
  issuer: [
    Type.String({ pattern: '^\\S+$' }),
    'the exact iss of its tokens, a string without spaces',
    '$_ISSUER',
  ],
  alias: [
    Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' }),
    'a short name of 1 to 32 letters, digits, _ and -',
    '$_ISSUER_ALIAS',
  ],
  audience: [Type.Union([text, texts]), 'a string or a list of strings', '$_AUDIENCE'],
  audienceClaim: [Type.Enum([...audienceClaims]), `one of ${audienceClaims.join(', ')}`, '$_AUDIENCE_CLAIM'],
  jwksUrl: [text, 'a URL', '$_JWKS_URL'],
  discoveryUrl: [text, 'a URL'],
  jwks: [jwkSet, 'a JWK set, an object with a list "keys"', '$_JWKS'],
  algorithms: [texts, 'a list of algorithms', '$_ALGORITHMS'],
  clockToleranceSeconds: [
    Type.Integer({ minimum: 0, maximum: 60 }),
    'a whole number from 0 to 60',
    '$_CLOCK_TOLERANCE_SECONDS',
  ],
  sessionClaims: [texts, 'a list of claims that may name the session', '$_SESSION_CLAIMS'],
  sessionPolicy: [Type.Enum(['derive', 'require']), 'derive or require', 'SESSION_POLICY'],
  userClaim: [text, 'the claim that names the user, a string', '$_USER_CLAIM'],
  attributes: [texts, 'a list of claims that are passed on', 'PRINCIPAL_ATTRIBUTES'],
  nestedClaims: [Type.Boolean(), 'true or false', '$_NESTED_CLAIMS'],
  logoutAudience: [Type.Union([text, texts]), 'a string or a list of strings', '$_LOGOUT_AUDIENCE'],
  logoutExpRequired: [Type.Boolean(), 'true or false', '$_LOGOUT_EXP_REQUIRED'],
  syntheticClaim: [
    Type.String({ pattern: CLAIM_VALUE.source }),
    'of the form claim:value, such as azp:admit-probe',
    '$_SYNTHETIC_CLAIM',
  ],
};

const REQUIRED: readonly IssuerSetting[] = ['issuer', 'alias'];
/**
 * Settings whose variables do not apply to the entries of a list. Another issuer could give a claim to anybody that only a
 * probe has at the first.
 */
const SINGLE: readonly IssuerSetting[] = [
  'issuer',
  'alias',
  'jwksUrl',
  'discoveryUrl',
  'jwks',
  'syntheticClaim',
];
/** Settings that issuers of operators do not have. */
const OF_USERS: readonly IssuerSetting[] = [
  'sessionClaims',
  'sessionPolicy',
  'userClaim',
  'attributes',
  'nestedClaims',
  'logoutAudience',
  'logoutExpRequired',
  'syntheticClaim',
];

const settings = Object.keys(rows) as IssuerSetting[];

/** The variable of a setting. */
export function variableOf(prefix: IssuerPrefix, setting: IssuerSetting): string {
  return (rows[setting][2] ?? setting).replace('$', prefix);
}

/** The issuers in the variables of a prefix: those of the list, or else one, which may have no `issuer`. */
export function entriesOf(variables: IssuerVariables, prefix: IssuerPrefix): IssuerEntries {
  const list = variables[`${prefix}_ISSUERS`];
  if (list !== undefined) return listedEntries(String(list), variables, prefix);
  const entry: IssuerEntry = {
    settings: settingsIn(variables, prefix, settings),
    nameOf: (setting) => variableOf(prefix, setting),
  };
  return { entries: [entry], issues: [] };
}

/** The variables that apply to all issuers of a prefix. */
export function commonSettingsOf(variables: IssuerVariables, prefix: IssuerPrefix): IssuerSettings {
  const common = settings.filter((setting) => !SINGLE.includes(setting));
  return settingsIn(variables, prefix, common);
}

function settingsIn(
  variables: IssuerVariables,
  prefix: IssuerPrefix,
  wanted: readonly IssuerSetting[],
): IssuerSettings {
  const values = wanted.map((setting) => [setting, variables[variableOf(prefix, setting)]]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function listedEntries(json: string, variables: IssuerVariables, prefix: IssuerPrefix): IssuerEntries {
  const list = `${prefix}_ISSUERS`;
  const entries = parseList(json);
  if (!entries) return { entries: [], issues: [`${list}: is not a JSON array of objects.`] };
  if (entries.length === 0) return { entries: [], issues: [`${list}: is an empty list.`] };
  const common = commonSettingsOf(variables, prefix);
  const read = entries.map((members, index) => {
    const name = `${list}[${index}]`;
    const { settings: own, issues } = readEntry(members, name, prefix);
    const isCommon = (setting: IssuerSetting) => own[setting] === undefined && isGiven(common[setting]);
    const nameOf = (setting: IssuerSetting) =>
      isCommon(setting) ? variableOf(prefix, setting) : `${name}.${setting}`;
    return { entry: { settings: { ...common, ...own }, nameOf }, issues };
  });
  return { entries: read.map(({ entry }) => entry), issues: read.flatMap(({ issues }) => issues) };
}

function parseList(json: string): readonly Members[] | undefined {
  try {
    const value: unknown = JSON.parse(json.trim());
    return Array.isArray(value) && value.every(isMembers) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function readEntry(members: Members, name: string, prefix: IssuerPrefix) {
  const known = settings.filter((setting) => prefix === 'JWT' || !OF_USERS.includes(setting));
  const issues = REQUIRED.filter((setting) => !Object.hasOwn(members, setting)).map(
    (setting) => `${name}.${setting}: is not set.`,
  );
  const read: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(members)) {
    const setting = known.find((candidate) => candidate === member);
    if (!setting) {
      issues.push(`${name}: ${unknownMember(member, known)}`);
      continue;
    }
    const [schema, form] = rows[setting];
    const isSound = Check(schema, value);
    read[setting] = isSound ? settingOf(setting, value) : undefined;
    if (!isSound) issues.push(`${name}.${setting}: must be ${form}.`);
  }
  return { settings: read as IssuerSettings, issues };
}

function settingOf(setting: IssuerSetting, value: unknown): unknown {
  if ((setting === 'audience' || setting === 'logoutAudience') && typeof value === 'string') return [value];
  return setting === 'jwks' ? JSON.stringify(value) : value;
}

const SHORTEST_LIKENESS = 3;

/** Shows the name, never the value: that may be a key. */
function unknownMember(name: string, known: readonly string[]): string {
  const likenesses = known.map((candidate) => likeness(candidate, name));
  const best = Math.max(...likenesses);
  const hint = best < SHORTEST_LIKENESS ? '' : ` Did you mean ${known[likenesses.indexOf(best)]}?`;
  return `${JSON.stringify(name.slice(0, 64))} is not a member of an issuer.${hint}`;
}

/** How many letters and digits two names have in common at their start. */
function likeness(one: string, other: string): number {
  const [a = '', b = ''] = [one, other].map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ''));
  const differs = [...a].findIndex((letter, index) => letter !== b[index]);
  return differs < 0 ? a.length : differs;
}
