import { readIssuerList } from './list.ts';
import { type IssuerSetting, type IssuerSettings, issuerMembers, userIssuerMembers } from './settings.ts';

/** Values by the names of their variables. */
export type IssuerVariables = Readonly<Record<string, unknown>>;

/** Whose issuers: those of users, or those of operators. Their variables' names start with it. */
export type IssuerPrefix = 'JWT' | 'OPERATOR';

/** An issuer as it is written down, in variables of its own or in a list. */
export interface IssuerEntry {
  readonly settings: IssuerSettings;
  /** What a setting is called where it stands: `JWT_AUDIENCE`, or `JWT_ISSUERS[1].audience`. */
  nameOf(setting: IssuerSetting): string;
}

export interface IssuerEntries {
  readonly entries: readonly IssuerEntry[];
  /** What of the list has not the right form. */
  readonly faults: readonly string[];
}

/** Settings that only an issuer itself can have. */
const singleNames = {
  issuer: '$_ISSUER',
  alias: '$_ISSUER_ALIAS',
  jwksUrl: '$_JWKS_URL',
  jwks: '$_JWKS',
} as const;

/** Settings that the issuers of a list have in common, where an entry does not say otherwise. */
const commonNames = {
  audience: '$_AUDIENCE',
  audienceClaim: '$_AUDIENCE_CLAIM',
  algorithms: '$_ALGORITHMS',
  clockToleranceSeconds: '$_CLOCK_TOLERANCE_SECONDS',
  sessionClaims: '$_SESSION_CLAIMS',
  sessionPolicy: 'SESSION_POLICY',
  userClaim: '$_USER_CLAIM',
  attributes: 'PRINCIPAL_ATTRIBUTES',
} as const;

type Names = Readonly<Partial<Record<IssuerSetting, string>>>;

const names: Names = { ...singleNames, ...commonNames };

/** The variable of a setting. */
export function variableOf(prefix: IssuerPrefix, setting: IssuerSetting): string {
  return (names[setting] ?? setting).replace('$', prefix);
}

/** Finds the issuers that variables of a prefix tell of: those of the list, else one, which may have no `issuer`. */
export function entriesOf(variables: IssuerVariables, prefix: IssuerPrefix): IssuerEntries {
  const list = variables[`${prefix}_ISSUERS`];
  if (list !== undefined) return listed(String(list), variables, prefix);
  const settings = settingsOf(variables, prefix, names);
  return { entries: [{ settings, nameOf: (setting) => variableOf(prefix, setting) }], faults: [] };
}

function listed(list: string, variables: IssuerVariables, prefix: IssuerPrefix): IssuerEntries {
  const members = prefix === 'JWT' ? userIssuerMembers : issuerMembers;
  const { issuers, faults } = readIssuerList(list, `${prefix}_ISSUERS`, members);
  const common = commonSettingsOf(variables, prefix);
  const isCommon = (own: IssuerSettings, setting: IssuerSetting) =>
    own[setting] === undefined && isSaid(common[setting]);
  return {
    faults,
    entries: issuers.map(({ name, settings: own }) => ({
      settings: { ...common, ...own },
      nameOf: (setting) => (isCommon(own, setting) ? variableOf(prefix, setting) : `${name}.${setting}`),
    })),
  };
}

/** What variables say for all issuers of a prefix. */
export function commonSettingsOf(variables: IssuerVariables, prefix: IssuerPrefix): IssuerSettings {
  return settingsOf(variables, prefix, commonNames);
}

function settingsOf(variables: IssuerVariables, prefix: IssuerPrefix, wanted: Names): IssuerSettings {
  const settings = Object.keys(wanted) as IssuerSetting[];
  const values = settings.map((setting) => [setting, variables[variableOf(prefix, setting)]]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function isSaid(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}
