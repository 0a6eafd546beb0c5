import { isFetchableUrl } from '../keys/fetch-json.ts';
import { KeyError, parseKeySet } from '../keys/key-set.ts';
import { ANONYMOUS_ISSUER, BREAK_GLASS, LOCAL_OPERATORS } from './own-issuers.ts';
import {
  entriesOf,
  type IssuerEntry,
  type IssuerPrefix,
  type IssuerSetting,
  type IssuerVariables,
} from './settings.ts';
import { isSignatureAlgorithm, signatureAlgorithms } from './signature-algorithms.ts';
import { ANY_AUDIENCE } from './types.ts';

const RESERVED = [
  { own: ANONYMOUS_ISSUER, use: 'anonymous sessions' },
  { own: LOCAL_OPERATORS, use: "standalone's operators" },
  { own: BREAK_GLASS, use: 'break-glass tokens, which BREAK_GLASS_JWKS is for' },
] as const;

const keySources = ['jwksUrl', 'discoveryUrl', 'jwks'] as const satisfies readonly IssuerSetting[];

/**
 * Finds all issues of the issuers in the variables of a prefix: one in `<PREFIX>_ISSUER` and the variables beside it, or a
 * list in `<PREFIX>_ISSUERS`. Each issue begins with the name of the setting: `JWT_AUDIENCE: …`, `JWT_ISSUERS[1].audience: …`.
 */
export function validateIssuers(variables: IssuerVariables, prefix: IssuerPrefix): readonly string[] {
  const { entries, issues } = entriesOf(variables, prefix);
  const all = [
    ...formIssues(variables, prefix),
    ...issues,
    ...entries.flatMap((entry) => [
      ...reservedIssues(entry),
      ...keySourceIssues(entry),
      ...keySetIssues(entry),
      ...audienceIssues(entry),
      ...algorithmIssues(entry),
    ]),
    ...(prefix === 'JWT' ? entries.flatMap(sessionIssues) : []),
    ...uniquenessIssues(entries),
  ];
  return [...new Set(all)];
}

/** Variables that exclude or need each other. */
function formIssues(variables: IssuerVariables, prefix: IssuerPrefix): readonly string[] {
  const isSet = (name: string) => variables[`${prefix}_${name}`] !== undefined;
  const keys = ['JWKS_URL', 'JWKS'].filter(isSet);
  if (!isSet('ISSUERS'))
    return isSet('ISSUER') || keys.length === 0
      ? []
      : [`${prefix}_ISSUER: is not set. ${prefix}_${keys[0]} needs the issuer that the keys belong to.`];
  return ['ISSUER', ...keys, 'SYNTHETIC_CLAIM']
    .filter(isSet)
    .map((name) => `${prefix}_${name}: is set together with ${prefix}_ISSUERS. Move it into an entry.`);
}

function reservedIssues({ settings, nameOf }: IssuerEntry): readonly string[] {
  return RESERVED.flatMap(({ own, use }) =>
    (['issuer', 'alias'] as const)
      .filter((setting) => settings[setting] === own[setting])
      .map((setting) => `${nameOf(setting)}: ${settings[setting]} is reserved for ${use}.`),
  );
}

function keySourceIssues({ settings, nameOf }: IssuerEntry): readonly string[] {
  const { issuer } = settings;
  const [first, second] = keySources.filter((source) => settings[source] !== undefined);
  const issues: string[] = [];
  if (second) issues.push(`${nameOf(first ?? second)}: is set, and so is ${nameOf(second)}. Keep one.`);
  if (!first && issuer !== undefined && !isFetchableUrl(issuer))
    issues.push(
      `${nameOf('issuer')}: is not an http(s) URL, so its keys cannot be discovered. Set ${nameOf('jwksUrl')} or ${nameOf('jwks')}.`,
    );
  for (const source of ['jwksUrl', 'discoveryUrl'] as const) {
    const url = settings[source];
    if (url !== undefined && !isFetchableUrl(url))
      issues.push(`${nameOf(source)}: is not an http(s) URL without user and password.`);
  }
  return issues;
}

function keySetIssues({ settings: { jwks }, nameOf }: IssuerEntry): readonly string[] {
  if (jwks === undefined) return [];
  try {
    parseKeySet(jwks);
    return [];
  } catch (error) {
    if (error instanceof KeyError) return [`${nameOf('jwks')}: ${error.message}.`];
    throw error;
  }
}

function audienceIssues({ settings: { issuer, audience }, nameOf }: IssuerEntry): readonly string[] {
  const name = nameOf('audience');
  if (issuer !== undefined && audience?.length === 0)
    return [`${name}: is not set. List the accepted audiences, or ${ANY_AUDIENCE} to accept tokens for any.`];
  if (audience && audience.length > 1 && audience.includes(ANY_AUDIENCE))
    return [`${name}: ${ANY_AUDIENCE} accepts any audience. Remove it or the others.`];
  return [];
}

function algorithmIssues({ settings: { algorithms }, nameOf }: IssuerEntry): readonly string[] {
  const name = nameOf('algorithms');
  if (algorithms?.length === 0) return [`${name}: is an empty list.`];
  return (algorithms ?? [])
    .filter((algorithm) => !isSignatureAlgorithm(algorithm))
    .map(
      (algorithm) => `${name}: ${JSON.stringify(algorithm)} is not one of ${signatureAlgorithms.join(', ')}.`,
    );
}

function sessionIssues({
  settings: { sessionClaims, sessionPolicy },
  nameOf,
}: IssuerEntry): readonly string[] {
  const name = nameOf('sessionClaims');
  const issues: string[] = [];
  if (sessionClaims?.includes('jti'))
    issues.push(`${name}: jti names a token, not a session: it changes on every refresh.`);
  if (sessionClaims?.length === 0 && sessionPolicy === 'require')
    issues.push(`${name}: is an empty list, but ${nameOf('sessionPolicy')} is require. Add a claim.`);
  return issues;
}

function uniquenessIssues(entries: readonly IssuerEntry[]): readonly string[] {
  return (['issuer', 'alias'] as const).flatMap((setting) => {
    const values = entries.map(({ settings }) => settings[setting]);
    return entries
      .map(({ nameOf }, index) => [index, values.indexOf(values[index]), nameOf(setting)] as const)
      .filter(([index, first]) => first < index && values[index] !== undefined)
      .map(([, first, name]) => `${name}: is the same as ${entries[first]?.nameOf(setting)}.`);
  });
}
