/** What a route does with its connections. */
export const routeKinds = {
  bridge: 'messages go to and come from the bus',
  echo: 'messages are sent back',
  proxy: 'messages go to and come from a WebSocket server, named as `proxy:ws://host:port/path` or `wss://`',
} as const;

type RouteKind = keyof typeof routeKinds;

/** A WebSocket server that the connections of a route are passed on to. */
export interface ProxyRoute {
  readonly upstream: URL;
}

export type RouteRule = Exclude<RouteKind, 'proxy'> | ProxyRoute;

export type RouteNames = Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>;

/** The ticket endpoint is `/api/ws/ticket`. */
const RESERVED = 'ticket';

const NAME = /^[a-z0-9-]{1,32}$/;
/** A request for a ticket of such a route would be rejected: its name can't be told from a ticket. */
const TICKET = /^[0-9a-f]{32}$/;

interface Routes {
  /** By name. */
  readonly routes: ReadonlyMap<string, RouteRule>;
  readonly issues: readonly string[];
}

const ENTRY = /^([^=]*)=(proxy:.*|[^=]+)$/;

/** Parses entries of the form `name=kind`. */
export function parseRoutes(entries: readonly string[]): Routes {
  const routes = new Map<string, RouteRule>();
  const issues: string[] = entries.length === 0 ? ['lists no route'] : [];
  for (const entry of entries) {
    const [, name = '', kind = ''] = ENTRY.exec(entry) ?? [];
    const quoted = JSON.stringify(withoutCredentials(entry));
    const rule = ruleOf(kind);
    if (kind === '') issues.push(`${quoted} is not of the form name=kind`);
    else if (!NAME.test(name)) issues.push(`${quoted}: a name is 1 to 32 of a-z, 0-9 and -`);
    else if (TICKET.test(name)) issues.push(`${quoted}: a name must not have the form of a ticket`);
    else if (name === RESERVED) issues.push(`${quoted}: the name ${RESERVED} is reserved`);
    else if (typeof rule === 'object' && 'issue' in rule) issues.push(`${quoted}: ${rule.issue}`);
    else if (routes.has(name)) issues.push(`${quoted}: the route ${name} is listed twice`);
    else routes.set(name, rule);
  }
  return { routes, issues };
}

const PROXY = 'proxy:';

function isRouteKind(kind: string): kind is Exclude<RouteKind, 'proxy'> {
  return Object.hasOwn(routeKinds, kind);
}

function ruleOf(kind: string): RouteRule | { readonly issue: string } {
  if (kind.startsWith(PROXY)) return proxyRouteOf(kind.slice(PROXY.length));
  if (kind === 'proxy') return { issue: 'a proxy names its upstream, such as proxy:ws://host:4000/graphql' };
  if (isRouteKind(kind)) return kind;
  return { issue: `a kind is one of ${Object.keys(routeKinds).join(', ')}` };
}

function proxyRouteOf(url: string): ProxyRoute | { readonly issue: string } {
  if (!/^wss?:\/\/[^/]/i.test(url) || !URL.canParse(url))
    return { issue: 'an upstream is a URL such as ws://host:4000/graphql or wss://host/graphql' };
  const upstream = new URL(url);
  if (upstream.username !== '' || upstream.password !== '')
    return { issue: 'the URL of an upstream has no user and no password' };
  if (url.includes('#')) return { issue: 'the URL of an upstream has no fragment (#)' };
  return { upstream };
}

/** An entry as issues show it. */
function withoutCredentials(entry: string): string {
  return entry.replace(/\/\/.*@/, '//…@');
}

/** The issue of an entry for a route that there is not: the real one would go without. @param quoted the entry, with its variable */
export function unknownRouteIssues(
  quoted: string,
  route: string | undefined,
  routes: RouteNames,
): readonly string[] {
  return route !== undefined && !routes.has(route) ? [`${quoted}: ROUTES has no route ${route}`] : [];
}

const STALENESS = /^(?:(?<route>[^=]+)=)?(?<seconds>\d{1,5})$/;
/** Ticket-services say every 10 s which version there is. */
const MIN_STALENESS_SECONDS = 15;

/** Bounds by route, in milliseconds. */
export function parseStaleness(entries: readonly string[], routes: RouteNames): ReadonlyMap<string, number> {
  return new Map(
    entries.flatMap((entry) => {
      const { route, seconds } = STALENESS.exec(entry)?.groups ?? {};
      const names = route === undefined ? [...routes.keys()] : [route];
      return names.map((name) => [name, Number(seconds) * 1000] as const);
    }),
  );
}

export function stalenessIssues(entries: readonly string[], routes: RouteNames): readonly string[] {
  return entries.flatMap((entry) => {
    const { route, seconds } = STALENESS.exec(entry)?.groups ?? {};
    const quoted = `REVOCATION_MAX_STALENESS_SECONDS: ${JSON.stringify(entry)}`;
    if (seconds === undefined) return [`${quoted} is not of the form seconds or route=seconds`];
    if (Number(seconds) < MIN_STALENESS_SECONDS)
      return [`${quoted}: at least ${MIN_STALENESS_SECONDS} seconds`];
    return unknownRouteIssues(quoted, route, routes);
  });
}

const EXPIRY = /^(?:(?<route>[^=]+)=)?(?<rule>token|session|\d{1,6})$/;
const MIN_EXPIRY_SECONDS = 10;

/** Rules by route; seconds become milliseconds. A rule that names a route wins. */
export function parseExpiry(
  entries: readonly string[],
  routes: RouteNames,
): ReadonlyMap<string, 'token' | number> {
  const rules = entries.map((entry) => EXPIRY.exec(entry)?.groups ?? {});
  const ruleOf = (name: string) =>
    (rules.find(({ route }) => route === name) ?? rules.find(({ route }) => route === undefined))?.rule ??
    'session';
  return new Map(
    [...routes.keys()].flatMap((name) => {
      const rule = ruleOf(name);
      if (rule === 'session') return [];
      return [[name, rule === 'token' ? rule : Number(rule) * 1000] as const];
    }),
  );
}

export function expiryIssues(entries: readonly string[], routes: RouteNames): readonly string[] {
  return entries.flatMap((entry) => {
    const { route, rule } = EXPIRY.exec(entry)?.groups ?? {};
    const quoted = `CONNECTION_EXPIRY: ${JSON.stringify(entry)}`;
    if (rule === undefined) return [`${quoted} is not token, session or seconds, or route= and one of them`];
    if (Number(rule) < MIN_EXPIRY_SECONDS) return [`${quoted}: at least ${MIN_EXPIRY_SECONDS} seconds`];
    return unknownRouteIssues(quoted, route, routes);
  });
}
