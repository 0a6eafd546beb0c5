import type { FastifyInstance } from 'fastify';
import findMyWay from 'find-my-way';

/** How servers match paths: one slash at the end makes no difference, and a segment may be as long as a user id. */
export const ROUTER_OPTIONS = { ignoreTrailingSlash: true, maxParamLength: 512 } as const;

/** What is known of the routes at a path, whatever their methods. */
export interface RoutesAtPath {
  readonly methods: ReadonlySet<string>;
  /** Whether one of them is for pages of the allowed origins only. */
  readonly frontendOnly: boolean;
}

/** What is at a path, by request targets. */
export interface PathTable<Place extends object> {
  set(path: string, place: Place): void;
  /** Undefined where there is nothing. */
  find(target: string): Place | undefined;
}

/**
 * Matches targets by Fastify's own router, so that a check by the path, an upgrade and a route never differ: not by
 * encoding, case, slashes or query.
 */
export function createPathTable<Place extends object>(): PathTable<Place> {
  const router = findMyWay(ROUTER_OPTIONS);
  return {
    set: (path, place) => router.on('GET', path, () => {}, place),
    // The router takes the asterisk of OPTIONS for the root.
    find: (target) =>
      target === '*'
        ? undefined
        : ((router.find('GET', target)?.store as Place | null | undefined) ?? undefined),
  };
}

/** The routes that a request target leads to, or undefined where there is none. */
export type FindRoutes = (target: string) => RoutesAtPath | undefined;

/** Collects every route that is added from now on, except the catch-all. */
export function createRouteTable(app: Pick<FastifyInstance, 'addHook'>): FindRoutes {
  const table = createPathTable<RoutesAtPath>();
  const known = new Map<string, { methods: Set<string>; frontendOnly: boolean }>();
  app.addHook('onRoute', ({ url, method, config }) => {
    if (url === '*') return;
    let routes = known.get(url);
    if (!routes) {
      routes = { methods: new Set(), frontendOnly: false };
      known.set(url, routes);
      table.set(url, routes);
    }
    for (const name of [method].flat()) routes.methods.add(name);
    routes.frontendOnly ||= config?.frontendOnly ?? false;
  });
  return table.find;
}
