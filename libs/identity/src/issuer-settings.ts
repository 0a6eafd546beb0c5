import { type IssuerConfig, isSignatureAlgorithm, signatureAlgorithms } from './issuer-config.ts';
import { KeyError, parseKeySet } from './key-set.ts';

/** What the audience list says where any audience will do. */
export const ANY_AUDIENCE = '*';

/** An issuer as an operator writes it down, in variables of one prefix: `<PREFIX>_ISSUER`, `<PREFIX>_JWKS_URL` … */
export interface IssuerSettings {
  readonly ISSUER?: string | undefined;
  readonly AUDIENCE?: readonly string[] | undefined;
  readonly JWKS_URL?: string | undefined;
  readonly JWKS?: string | undefined;
  readonly ALGORITHMS?: readonly string[] | undefined;
}

/** Takes the settings of a prefix out of variables. */
export function issuerSettingsOf(
  variables: Readonly<Record<string, unknown>>,
  prefix: string,
): IssuerSettings {
  const names = ['ISSUER', 'AUDIENCE', 'JWKS_URL', 'JWKS', 'ALGORITHMS'] as const;
  return Object.fromEntries(names.map((name) => [name, variables[`${prefix}_${name}`]])) as IssuerSettings;
}

/** Everything that is wrong with an issuer's settings, each fault led by its variable's name. */
export function issuerFaultsOf(settings: IssuerSettings, prefix: string): readonly string[] {
  return [...keySourceFaults(settings), ...keySetFaults(settings), ...listFaults(settings)].map(
    (fault) => `${prefix}_${fault.replaceAll('$', `${prefix}_`)}`,
  );
}

function keySourceFaults({ ISSUER, JWKS_URL, JWKS }: IssuerSettings): readonly string[] {
  const sources = [JWKS_URL, JWKS].filter((source) => source !== undefined);
  const faults: string[] = [];
  if (ISSUER !== undefined && sources.length === 0)
    faults.push("JWKS_URL: is not set, nor is $JWKS. One of them gives the issuer's public keys.");
  if (ISSUER === undefined && sources.length > 0)
    faults.push('ISSUER: is not set. The keys of $JWKS_URL or $JWKS need the issuer they are of.');
  if (sources.length === 2) faults.push('JWKS_URL: is set, and so is $JWKS. Keep one.');
  if (JWKS_URL !== undefined && !isFetchable(JWKS_URL))
    faults.push('JWKS_URL: is not an http(s) URL without user and password.');
  return faults;
}

function keySetFaults({ JWKS }: IssuerSettings): readonly string[] {
  if (JWKS === undefined) return [];
  try {
    parseKeySet(JWKS);
    return [];
  } catch (error) {
    if (error instanceof KeyError) return [`JWKS: ${error.message}.`];
    throw error;
  }
}

function listFaults({ ISSUER, AUDIENCE, ALGORITHMS }: IssuerSettings): readonly string[] {
  const faults: string[] = [];
  if (ISSUER !== undefined && AUDIENCE?.length === 0)
    faults.push('AUDIENCE: is not set. List the accepted audiences, or * to accept tokens for any.');
  if (AUDIENCE && AUDIENCE.length > 1 && AUDIENCE.includes(ANY_AUDIENCE))
    faults.push('AUDIENCE: * stands alone; with it the other audiences mean nothing.');
  if (ALGORITHMS?.length === 0) faults.push('ALGORITHMS: is an empty list.');
  for (const name of ALGORITHMS ?? [])
    if (!isSignatureAlgorithm(name))
      faults.push(`ALGORITHMS: ${JSON.stringify(name)} is none of ${signatureAlgorithms.join(', ')}.`);
  return faults;
}

function isFetchable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** The issuer of settings that `issuerFaultsOf` finds nothing wrong with; undefined where none is set. */
export function issuerConfigOf(settings: IssuerSettings, alias: string): IssuerConfig | undefined {
  const {
    ISSUER: issuer,
    AUDIENCE: audiences = [],
    JWKS_URL: jwksUrl,
    JWKS: jwks,
    ALGORITHMS = [],
  } = settings;
  if (issuer === undefined) return undefined;
  return {
    alias,
    issuer,
    audiences: audiences.includes(ANY_AUDIENCE) ? null : audiences,
    algorithms: ALGORITHMS.filter(isSignatureAlgorithm),
    keys: jwksUrl === undefined ? { jwks: parseKeySet(jwks ?? '') } : { jwksUrl },
  };
}
