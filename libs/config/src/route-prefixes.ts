/** The paths of one route, or of all routes. */
export interface RoutePrefix {
  /** Without a trailing slash. Matches the path itself and everything below it. */
  readonly prefix: string;
  /** Null where the one segment after the prefix is the route; without a segment the route is `default`. */
  readonly route: string | null;
}

const ENTRY = /^([a-z0-9*-]+)=(\/.*)$/;
const NAME = /^(?!ticket$|[0-9a-f]{32}$)[a-z0-9-]{1,32}$/;
/** Paths that every server reads alike: no empty segment, no dot segment, nothing percent-encoded. */
const PLAIN_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~!$&'()*+,;=:@-]+)*\/?$/;

export interface RoutePrefixes {
  /** The longest prefix first. */
  readonly prefixes: readonly RoutePrefix[];
  readonly issues: readonly string[];
}

/** Parses entries such as `chat=/socket.io` and `*=/ws`. */
export function parseRoutePrefixes(entries: readonly string[]): RoutePrefixes {
  const prefixes: RoutePrefix[] = [];
  const issues: string[] = [];
  for (const entry of entries) {
    const [, name = '', path = ''] = ENTRY.exec(entry) ?? [];
    const prefix = path.replace(/\/$/, '');
    if ((name !== '*' && !NAME.test(name)) || !PLAIN_PATH.test(path))
      issues.push(`${JSON.stringify(entry)} is not route=/prefix, with a route of [a-z0-9-]{1,32} or *`);
    else if (prefixes.some((other) => other.prefix === prefix)) issues.push(`has the prefix ${path} twice`);
    else prefixes.push({ prefix, route: name === '*' ? null : name });
  }
  return { prefixes: prefixes.toSorted((one, other) => other.prefix.length - one.prefix.length), issues };
}

/**
 * The route of a path, by the longest prefix. Null where no prefix matches, and for paths that servers could read
 * differently: a ticket bound to one route must not reach another.
 * @param path as received, not decoded
 * @param prefixes the longest first
 */
export function routeOf(path: string, prefixes: readonly RoutePrefix[]): string | null {
  if (!PLAIN_PATH.test(path)) return null;
  const place = path.replace(/\/$/, '');
  const found = prefixes.find(({ prefix }) => place === prefix || place.startsWith(`${prefix}/`));
  if (!found) return null;
  if (found.route !== null) return found.route;
  const rest = place.slice(found.prefix.length + 1);
  if (rest === '') return 'default';
  return NAME.test(rest) ? rest : null;
}
