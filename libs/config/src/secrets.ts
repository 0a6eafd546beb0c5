/** Values by the names of their variables. */
type Variables = Readonly<Record<string, unknown>>;

/** Removes the secrets in a set of variables from a text that is shown or logged. */
export type Redact = (text: string) => string;

const HIDDEN = '***';
/** A shorter secret protects nothing, and its removal would make texts unreadable. */
const MIN_SECRET_LENGTH = 3;

/** Variables with one or more URLs that may contain credentials. */
const URLS = [
  'NATS_URL',
  'REDIS_URL',
  'DATABASE_URL',
  'ALERTMANAGER_URL',
  'ROUTES',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'http_proxy',
  'https_proxy',
];
/** Variables with JSON that contains keys. */
const JSON_OF_KEYS = [
  ...['ANONYMOUS', 'AUDIT', 'PROXY'].map((prefix) => `${prefix}_SIGNING_KEY`),
  ...['JWT', 'OPERATOR'].flatMap((prefix) => [`${prefix}_JWKS`, `${prefix}_ISSUERS`]),
  'BREAK_GLASS_JWKS',
];
/** Variables whose whole value is a secret. */
const SECRETS = ['AUDIT_PSEUDONYM_KEY', 'ALERT_WEBHOOK_URL'];
/** The private members of JWKs (RFC 7518, section 6), and what else is secret in the configuration of an issuer. */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'priv', 'client_secret'];

/**
 * Removes the passwords, tokens and private keys of these variables from texts, as they are and in the forms that drivers and
 * JSON give them. It goes by the values, so it finds them in any text.
 */
export function createRedact(variables: Variables): Redact {
  const secrets = new Set(
    [
      ...URLS.flatMap((name) => [variables[name]].flat().flatMap((value) => credentialsIn(name, value))),
      ...JSON_OF_KEYS.flatMap((name) => secretsOfJson(variables[name])),
      ...SECRETS.flatMap((name) => variables[name] ?? []).map(String),
    ]
      .flatMap(formsOf)
      .filter((secret) => secret.length >= MIN_SECRET_LENGTH),
  );
  const longestFirst = [...secrets].sort((one, other) => other.length - one.length);
  return (text) => longestFirst.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
}

/**
 * The addresses in the value of a URL variable, for people: schemes, hosts, ports and the path. A URL of which it isn't certain
 * where its credentials end is shown by its scheme only.
 */
export function addressesIn(value: string): string {
  const [plain = '', ...parameters] = value.split(/[?#]/);
  if (parameters.join().includes('@')) return `${partsOf(value).scheme}…`;
  return plain
    .split(NEXT_URL)
    .map(partsOf)
    .map((url) => `${url.scheme}${addressOf(url, plain.includes('@')) ?? '…'}`)
    .join(',');
}

interface UrlParts {
  /** With `://`, or empty. */
  readonly scheme: string;
  /** Up to the last `@`; undefined if there is none. */
  readonly credentials: string | undefined;
  /** What follows them. */
  readonly rest: string;
}

const SCHEME = /^[a-z][\w+.-]*:\/\//i;
const NEXT_URL = /,\s*(?=[a-z][\w+.-]*:\/\/)/i;
/** The characters of host lists, ports and plain paths. */
const ADDRESS = /^[\w.:,[\]/-]*$/;

function partsOf(url: string): UrlParts {
  const scheme = SCHEME.exec(url)?.[0] ?? '';
  const end = url.lastIndexOf('@');
  return {
    scheme,
    credentials: end < 0 ? undefined : url.slice(scheme.length, end),
    rest: url.slice(Math.max(end + 1, scheme.length)),
  };
}

/** @param isMixed whether any URL of the list has credentials: they may contain what looks like the next URL */
function addressOf({ credentials, rest }: UrlParts, isMixed: boolean): string | undefined {
  const isCertain = credentials !== undefined || !isMixed;
  return isCertain && ADDRESS.test(rest) ? rest : undefined;
}

function credentialsIn(name: string, value: unknown): readonly string[] {
  if (typeof value !== 'string') return [];
  // A password that contains what looks like the next URL is in the whole, and in no part.
  return [value, ...value.split(NEXT_URL)].flatMap((url) => {
    const { credentials = '', rest } = partsOf(url);
    const colon = credentials.indexOf(':');
    const secrets = colon < 0 ? [] : [credentials, credentials.slice(colon + 1)];
    // NATS takes a token in the place of the user.
    if (colon < 0 && name === 'NATS_URL') secrets.push(credentials);
    return [...secrets, ...secretParameters(credentials), ...secretParameters(rest)];
  });
}

/** PostgreSQL accepts the password as a parameter, and upstreams of routes may want a key there. */
function secretParameters(text: string): readonly string[] {
  const values = [
    ...text.matchAll(
      /[?&#](?:[\w.-]*[_.-])?(?:pass(?:word)?|(?:api)?key|(?:access)?token|(?:client)?secret|auth)=([^&]*)/gi,
    ),
  ].map(([, value = '']) => value);
  return values.flatMap((value) => [value, ...value.split('#', 1)]);
}

function secretsOfJson(value: unknown): readonly string[] {
  if (typeof value !== 'string') return [];
  try {
    return secretMembersOf(JSON.parse(value.trim()));
  } catch {
    // What is no JSON may still be a key.
    return [value];
  }
}

function secretMembersOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === 'string' && SECRET_MEMBERS.includes(name) ? [member] : secretMembersOf(member),
  );
}

function formsOf(secret: string): readonly string[] {
  const plain = decoded(secret);
  const forms = [secret, plain, encodeURI(plain), encodeURIComponent(plain)];
  return [...forms, ...forms.map((form) => JSON.stringify(form).slice(1, -1))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
