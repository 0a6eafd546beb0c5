/** What a route may do with its connections. */
export const routeKinds = {
  bridge: 'messages go to and come from the bus',
  echo: 'messages come back as they went',
} as const;

export type RouteKind = keyof typeof routeKinds;

/** Taken by the endpoint that issues tickets, `/api/ws/ticket`. */
const RESERVED = 'ticket';

const NAME = /^[a-z0-9-]{1,32}$/;

export interface ParsedRoutes {
  /** Kinds by name. */
  readonly routes: ReadonlyMap<string, RouteKind>;
  readonly faults: readonly string[];
}

/** Reads entries of the form `name=kind`. */
export function parseRoutes(entries: readonly string[]): ParsedRoutes {
  const routes = new Map<string, RouteKind>();
  const faults: string[] = entries.length === 0 ? ['names no route'] : [];
  for (const entry of entries) {
    const [name = '', kind = '', ...rest] = entry.split('=');
    const quoted = JSON.stringify(entry);
    if (rest.length > 0 || kind === '') faults.push(`${quoted} is not of the form name=kind`);
    else if (!NAME.test(name)) faults.push(`${quoted}: a name is 1 to 32 of a-z, 0-9 and -`);
    else if (name === RESERVED) faults.push(`${quoted}: the name ${RESERVED} is reserved`);
    else if (!isRouteKind(kind))
      faults.push(`${quoted}: a kind is one of ${Object.keys(routeKinds).join(', ')}`);
    else if (routes.has(name)) faults.push(`${quoted}: the route ${name} is there twice`);
    else routes.set(name, kind);
  }
  return { routes, faults };
}

function isRouteKind(kind: string): kind is RouteKind {
  return Object.hasOwn(routeKinds, kind);
}
