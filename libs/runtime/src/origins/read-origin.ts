/** An entry of the allow-list, as origins are serialized (RFC 6454, section 6.2), with `*.` for a wildcard. */
export type OriginReading =
  | { readonly kind: 'origin'; readonly origin: string }
  | { readonly kind: 'error'; readonly fault: string };

const SHAPE = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\]*)(.*)$/isu;
const APP_AUTHORITY = /^[\w.~-]+(?::\d{1,5})?$/;
const WILDCARD = '*.';

const WEB_SOCKET =
  'is the address of a WebSocket; list the origin of the page that opens it, such as https://app.example.com';

/** Schemes of which no page has an origin that could be told from others. */
const FOREIGN_SCHEMES: ReadonlyMap<string, string> = new Map([
  ['ws', WEB_SOCKET],
  ['wss', WEB_SOCKET],
  ['file', 'stands for every file on every machine; serve the page over HTTP, or from a scheme of its own'],
  ['ftp', 'is not an origin that pages have'],
]);

/**
 * Reads an entry as an operator writes it. Case, an internationalized name, a default port and a slash at the end have one
 * meaning, and are put as browsers put them; what could mean several things, or too much, is a fault that says so.
 */
export function readOrigin(entry: string): OriginReading {
  if (entry === '*')
    return fault(
      entry,
      'would let every page in the world act for its visitors; list the origins of your own',
    );
  if (entry === 'null')
    return fault(
      entry,
      'is what sandboxed frames, files and redirected requests all send, so it names nobody; serve the page from an origin of its own',
    );
  if (/[\s\p{Cc}]/u.test(entry)) return fault(entry, 'has a blank in it; origins are separated by commas');
  const [, scheme, authority, rest] = SHAPE.exec(entry) ?? [];
  if (scheme === undefined || authority === undefined)
    return fault(entry, 'is not an origin: scheme, host and perhaps port, such as https://app.example.com');
  const foreign = FOREIGN_SCHEMES.get(scheme.toLowerCase());
  if (foreign !== undefined) return fault(entry, foreign);
  if (authority.includes('@')) return fault(entry, 'has a user in it, which no origin has');
  if (rest !== '' && rest !== '/') return fault(entry, 'goes on behind the host, where an origin ends');
  return /^https?$/i.test(scheme)
    ? readWebOrigin(entry, scheme, authority)
    : readAppOrigin(entry, scheme, authority);
}

/** Whether an entry, as read, stands for more than one origin. */
export function isWildcard(origin: string): boolean {
  return origin.includes(`://${WILDCARD}`);
}

function readWebOrigin(entry: string, scheme: string, authority: string): OriginReading {
  const wildcard = authority.startsWith(WILDCARD);
  const host = wildcard ? authority.slice(WILDCARD.length) : authority;
  if (host.includes('*'))
    return fault(entry, 'has a * that is not all of the first label, as in https://*.preview.example.com');
  // With a label in the wildcard's place, so that no address passes for a name.
  const label = wildcard ? 'a.' : '';
  const text = `${scheme}://${label}${host}`;
  if (!URL.canParse(text)) return fault(entry, 'has a host or port that no URL can have');
  const url = new URL(text);
  const name = url.hostname.slice(label.length);
  if (name.endsWith('.'))
    return fault(entry, 'has a dot at the end, which makes it another origin than without');
  if (name.split('.').includes('')) return fault(entry, 'has an empty label');
  const written = host.replace(/:\d*$/, '').toLowerCase();
  if (isAscii(written) && written !== name)
    return fault(entry, `is not how browsers write it: ${url.protocol}//${name}`);
  if (wildcard && !name.includes('.') && name !== 'localhost')
    return fault(entry, `would let in every site under .${name}; name at least two labels behind the *`);
  const origin = `${url.protocol}//${wildcard ? WILDCARD : ''}${url.host.slice(label.length)}`;
  return { kind: 'origin', origin };
}

/** Apps have schemes of their own, of which `URL` tells no origin. They are compared to the letter. */
function readAppOrigin(entry: string, scheme: string, authority: string): OriginReading {
  if (authority.includes('*')) return fault(entry, 'has a wildcard, which is for http and https alone');
  if (!APP_AUTHORITY.test(authority)) return fault(entry, 'has no host, or one that no app has');
  return { kind: 'origin', origin: `${scheme.toLowerCase()}://${authority}` };
}

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

/** A fault shows the entry, but not what may be a password in it. */
function fault(entry: string, message: string): OriginReading {
  const shown = entry.slice(0, 200).replace(/:\/\/[^/]*@/, '://…@');
  return { kind: 'error', fault: `${JSON.stringify(shown)} ${message}` };
}
