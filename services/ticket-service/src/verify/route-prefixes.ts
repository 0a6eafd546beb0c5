/** The paths of one route, or of routes named in the path. */
export interface RoutePrefix {
  /** A path without a slash at its end; it stands for itself and all below it. */
  readonly prefix: string;
  /** Null where the one segment behind the prefix names the route, and no segment is the route `default`. */
  readonly route: string | null;
}

const ENTRY = /^([a-z0-9*-]+)=(\/.*)$/;
const NAME = /^(?!ticket$)[a-z0-9-]{1,32}$/;
/** Segments that every parser reads alike: not empty, not `.` or `..`, nothing encoded. */
const PLAIN_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~!$&'()*+,;=:@-]+)*\/?$/;

/** Reads entries such as `chat=/socket.io` and `*=/ws`; faults are in words for an operator. */
export function parseRoutePrefixes(entries: readonly string[]): {
  readonly prefixes: readonly RoutePrefix[];
  readonly faults: readonly string[];
} {
  const prefixes: RoutePrefix[] = [];
  const faults: string[] = [];
  for (const entry of entries) {
    const [, name = '', path = ''] = ENTRY.exec(entry) ?? [];
    const prefix = path.replace(/\/$/, '');
    if ((name !== '*' && !NAME.test(name)) || !PLAIN_PATH.test(path))
      faults.push(`${JSON.stringify(entry)} is not route=/prefix, with a route of [a-z0-9-]{1,32} or *`);
    else if (prefixes.some((other) => other.prefix === prefix)) faults.push(`names the prefix ${path} twice`);
    else prefixes.push({ prefix, route: name === '*' ? null : name });
  }
  return { prefixes: prefixes.toSorted((one, other) => other.prefix.length - one.prefix.length), faults };
}

/**
 * The route of a path, by the longest prefix; null where it has none or is ambiguous, so that a ticket that is bound to a
 * route never reaches another one.
 * @param path as the client sent it, not decoded
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
