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

/** The routes that a request target leads to, or undefined where there is none. */
export type FindRoutes = (target: string) => RoutesAtPath | undefined;

/**
 * Collects every route that is added from now on, except the catch-all. Targets are matched by Fastify's own router, so
 * that a check by the path and the route itself never differ: not by encoding, case, slashes or query.
 */
export function createRouteTable(app: Pick<FastifyInstance, 'addHook'>): FindRoutes {
  const router = findMyWay(ROUTER_OPTIONS);
  const known = new Map<string, { methods: Set<string>; frontendOnly: boolean }>();
  app.addHook('onRoute', ({ url, method, config }) => {
    if (url === '*') return;
    let routes = known.get(url);
    if (!routes) {
      routes = { methods: new Set(), frontendOnly: false };
      known.set(url, routes);
      router.on('GET', url, () => {}, routes);
    }
    for (const name of [method].flat()) routes.methods.add(name);
    routes.frontendOnly ||= config?.frontendOnly ?? false;
  });
  // The router takes the asterisk of OPTIONS for the root.
  return (target) => (target === '*' ? undefined : (router.find('GET', target)?.store ?? undefined));
}
