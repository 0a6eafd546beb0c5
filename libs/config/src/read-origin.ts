/** A parsed entry: the origin serialized as browsers do (RFC 6454, section 6.2), with `*.` for a wildcard, or `*` for every host of a scheme. */
export type OriginReading =
  | { readonly kind: 'origin'; readonly origin: string }
  | { readonly kind: 'error'; readonly issue: string };

const SHAPE = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\]*)(.*)$/isu;
const APP_AUTHORITY = /^[\w.~-]+(?::\d{1,5})?$/;
const WILDCARD = '*.';

const WEB_SOCKET =
  'is a WebSocket URL; list the origin of the page that opens it, such as https://app.example.com';

/** Schemes that no page's origin has, or whose origins can't be told apart. */
const FOREIGN_SCHEMES: ReadonlyMap<string, string> = new Map([
  ['ws', WEB_SOCKET],
  ['wss', WEB_SOCKET],
  ['file', 'stands for every file on every machine; serve the page over HTTP, or from a custom scheme'],
  ['ftp', 'is not an origin that pages have'],
]);

/**
 * Parses an entry of the allow-list. Upper case, an internationalized name, a default port and a trailing slash are
 * normalized to what browsers send. An entry that is ambiguous or allows too much is an issue that says why.
 */
export function readOrigin(entry: string): OriginReading {
  if (entry === '*') return issue(entry, 'would allow every page in the world; list your own origins');
  if (entry === 'null')
    return issue(
      entry,
      'is sent by all sandboxed frames, files and redirected requests, so it identifies no page; serve the page from a proper origin',
    );
  if (/[\s\p{Cc}]/u.test(entry)) return issue(entry, 'contains white space; separate origins with commas');
  const [, scheme, authority, rest] = SHAPE.exec(entry) ?? [];
  if (scheme === undefined || authority === undefined)
    return issue(entry, 'is not an origin (scheme, host and optional port, such as https://app.example.com)');
  const foreign = FOREIGN_SCHEMES.get(scheme.toLowerCase());
  if (foreign !== undefined) return issue(entry, foreign);
  if (authority.includes('@')) return issue(entry, 'contains a user; remove it');
  if (rest !== '' && rest !== '/')
    return issue(entry, 'has a path, query or fragment; an origin ends after host and port');
  return /^https?$/i.test(scheme)
    ? readWebOrigin(entry, scheme, authority)
    : readAppOrigin(entry, scheme, authority);
}

/** Whether a parsed entry allows more than one origin. */
export function isWildcard(origin: string): boolean {
  return origin.includes('://*');
}

function readWebOrigin(entry: string, scheme: string, authority: string): OriginReading {
  const wildcard = authority.startsWith(WILDCARD);
  const host = wildcard ? authority.slice(WILDCARD.length) : authority;
  if (host.includes('*'))
    return issue(entry, 'has a * that is not the whole first label, as in https://*.preview.example.com');
  // A label in place of the wildcard, so that an IP address is not accepted as a name.
  const label = wildcard ? 'a.' : '';
  const text = `${scheme}://${label}${host}`;
  if (!URL.canParse(text)) return issue(entry, 'has an invalid host or port');
  const url = new URL(text);
  const name = url.hostname.slice(label.length);
  if (name.endsWith('.'))
    return issue(entry, 'ends with a dot, which makes it a different origin; remove the dot');
  if (name.split('.').includes('')) return issue(entry, 'has an empty label');
  const written = host.replace(/:\d*$/, '').toLowerCase();
  if (isAscii(written) && written !== name)
    return issue(entry, `is written differently by browsers: ${url.protocol}//${name}`);
  if (wildcard && !name.includes('.') && name !== 'localhost')
    return issue(entry, `would allow every site under .${name}; use at least two labels after the *`);
  const origin = `${url.protocol}//${wildcard ? WILDCARD : ''}${url.host.slice(label.length)}`;
  return { kind: 'origin', origin };
}

/** Browsers give an extension of these schemes another host in each installation, so only all of them can be listed. */
const HOSTS_BY_INSTALLATION = ['moz-extension', 'safari-web-extension'];

/** Origins of apps, with a custom scheme. `URL` does not parse their origin, so they are compared literally. */
function readAppOrigin(entry: string, scheme: string, authority: string): OriginReading {
  if (authority === '*' && HOSTS_BY_INSTALLATION.includes(scheme.toLowerCase()))
    return { kind: 'origin', origin: `${scheme.toLowerCase()}://*` };
  if (authority.includes('*'))
    return issue(
      entry,
      `has a wildcard, which is only supported for http and https, and as ${HOSTS_BY_INSTALLATION.join('://* or ')}://*`,
    );
  if (!APP_AUTHORITY.test(authority)) return issue(entry, 'has no host, or an invalid one');
  return { kind: 'origin', origin: `${scheme.toLowerCase()}://${authority}` };
}

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

/** Shows the entry without its user information. */
function issue(entry: string, message: string): OriginReading {
  const shown = entry.slice(0, 200).replace(/:\/\/[^/]*@/, '://…@');
  return { kind: 'error', issue: `${JSON.stringify(shown)} ${message}` };
}
