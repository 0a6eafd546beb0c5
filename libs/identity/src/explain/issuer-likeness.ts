/** How the `iss` of a token differs from a configured issuer that may be meant. */
export interface IssuerDifference {
  readonly message: string;
  /** Whether it is the same issuer in another spelling. Then its other settings apply too. */
  readonly isSpelling: boolean;
}

type Comparison = readonly [message: string, essence: (issuer: string) => string];

const withoutSlash = (issuer: string) => issuer.replace(/\/+$/, '');
const withoutScheme = (issuer: string) => issuer.replace(/^https?:\/\//i, '');
const lowerCase = (issuer: string) => issuer.toLowerCase();
const trimmed = (issuer: string) => issuer.trim();

const SPELLINGS: readonly Comparison[] = [
  ['the slash at the end', withoutSlash],
  ['http and https', withoutScheme],
  ['upper and lower case', lowerCase],
  ['spaces around it', trimmed],
  ['several details', (issuer) => lowerCase(withoutScheme(withoutSlash(trimmed(issuer))))],
];

const ENTRA = /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com)\/([^/]+)/;

/** Compares a token's issuer with a configured one; undefined if they are unrelated. */
export function differenceOf(issuer: string, configured: string): IssuerDifference | undefined {
  const spelling = SPELLINGS.find(([, essence]) => essence(issuer) === essence(configured));
  if (spelling) return { message: spelling[0], isSpelling: true };
  const tenant = ENTRA.exec(issuer)?.[1];
  if (tenant !== undefined && tenant === ENTRA.exec(configured)?.[1])
    return { message: 'the version of the tokens of this Entra tenant, v1.0 or v2.0', isSpelling: false };
  const [one, other] = [issuer, configured].map((url) => (URL.canParse(url) ? new URL(url) : undefined));
  if (!one || !other || one.host === '' || other.host === '') return undefined;
  if (one.host === other.host)
    return { message: 'the part after the host: a realm, tenant or server', isSpelling: false };
  if (one.pathname === other.pathname && one.pathname.length > 1)
    return {
      message: 'the host: some providers use the host of the request in their issuer',
      isSpelling: false,
    };
  return undefined;
}
