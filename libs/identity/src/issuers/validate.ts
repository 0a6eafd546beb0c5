import { LOCAL_OPERATORS } from '../issue/local-issuers.ts';
import { isFetchableUrl } from '../keys/fetchable-url.ts';
import { KeyError, parseKeySet } from '../keys/key-set.ts';
import { BREAK_GLASS } from '../operators/break-glass.ts';
import type { IssuerEntry } from './entries.ts';
import { ANONYMOUS_ISSUER } from './own-issuers.ts';
import type { IssuerSetting } from './settings.ts';
import { isSignatureAlgorithm, signatureAlgorithms } from './types.ts';

/** What the audience list says where any audience will do. */
export const ANY_AUDIENCE = '*';

/** Issuers that have settings of their own. */
const OUR_OWN = [
  { ours: ANONYMOUS_ISSUER, message: 'of anonymous sessions' },
  { ours: LOCAL_OPERATORS, message: "of standalone's operators" },
  { ours: BREAK_GLASS, message: 'of break-glass tokens, which BREAK_GLASS_JWKS is for' },
] as const;

const keySources = ['jwksUrl', 'discoveryUrl', 'jwks'] as const satisfies readonly IssuerSetting[];

/** What is wrong with an issuer, its keys, audiences and algorithms; each fault is led by a setting's name. */
export function validateEntry(entry: IssuerEntry): readonly string[] {
  return [
    ...clashFaults(entry),
    ...sourceFaults(entry),
    ...keySetFaults(entry),
    ...audienceFaults(entry),
    ...algorithmFaults(entry),
  ];
}

/** What is wrong with how an issuer's tokens name a session. */
export function validateSessionRules({ settings, nameOf }: IssuerEntry): readonly string[] {
  const { sessionClaims, sessionPolicy } = settings;
  const name = nameOf('sessionClaims');
  const faults: string[] = [];
  if (sessionClaims?.includes('jti'))
    faults.push(`${name}: jti names a token, not a session: it changes on every refresh.`);
  if (sessionClaims?.length === 0 && sessionPolicy === 'require')
    faults.push(
      `${name}: is an empty list, and ${nameOf('sessionPolicy')}, which is require, needs a claim.`,
    );
  return faults;
}

/** Issuers and aliases that more than one entry has. */
export function validateUniqueIssuers(entries: readonly IssuerEntry[]): readonly string[] {
  return (['issuer', 'alias'] as const).flatMap((setting) => {
    const values = entries.map(({ settings }) => settings[setting]);
    return entries
      .map(({ nameOf }, index) => [index, values.indexOf(values[index]), nameOf(setting)] as const)
      .filter(([index, first]) => first < index && values[index] !== undefined)
      .map(([, first, name]) => `${name}: is the same as ${entries[first]?.nameOf(setting)}.`);
  });
}

function clashFaults({ settings, nameOf }: IssuerEntry): readonly string[] {
  return OUR_OWN.flatMap(({ ours, message }) =>
    (['issuer', 'alias'] as const)
      .filter((setting) => settings[setting] === ours[setting])
      .map((setting) => `${nameOf(setting)}: ${settings[setting]} is our own, ${message}.`),
  );
}

function sourceFaults({ settings, nameOf }: IssuerEntry): readonly string[] {
  const { issuer } = settings;
  const [first, second] = keySources.filter((source) => settings[source] !== undefined);
  const faults: string[] = [];
  if (second) faults.push(`${nameOf(first ?? second)}: is set, and so is ${nameOf(second)}. Keep one.`);
  if (!first && issuer !== undefined && !isFetchableUrl(issuer))
    faults.push(
      `${nameOf('issuer')}: is not an http(s) URL, where its keys could be discovered. Set ${nameOf('jwksUrl')} or ${nameOf('jwks')}.`,
    );
  for (const source of ['jwksUrl', 'discoveryUrl'] as const) {
    const url = settings[source];
    if (url !== undefined && !isFetchableUrl(url))
      faults.push(`${nameOf(source)}: is not an http(s) URL without user and password.`);
  }
  return faults;
}

function keySetFaults({ settings: { jwks }, nameOf }: IssuerEntry): readonly string[] {
  if (jwks === undefined) return [];
  try {
    parseKeySet(jwks);
    return [];
  } catch (error) {
    if (error instanceof KeyError) return [`${nameOf('jwks')}: ${error.message}.`];
    throw error;
  }
}

function audienceFaults({ settings: { issuer, audience }, nameOf }: IssuerEntry): readonly string[] {
  const name = nameOf('audience');
  if (issuer !== undefined && audience?.length === 0)
    return [`${name}: is not set. List the accepted audiences, or ${ANY_AUDIENCE} to accept tokens for any.`];
  if (audience && audience.length > 1 && audience.includes(ANY_AUDIENCE))
    return [`${name}: ${ANY_AUDIENCE} stands alone; with it the other audiences mean nothing.`];
  return [];
}

function algorithmFaults({ settings: { algorithms }, nameOf }: IssuerEntry): readonly string[] {
  const name = nameOf('algorithms');
  if (algorithms?.length === 0) return [`${name}: is an empty list.`];
  return (algorithms ?? [])
    .filter((algorithm) => !isSignatureAlgorithm(algorithm))
    .map(
      (algorithm) => `${name}: ${JSON.stringify(algorithm)} is none of ${signatureAlgorithms.join(', ')}.`,
    );
}
