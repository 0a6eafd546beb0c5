import { createPathTable } from '@admit-one/runtime';

/** The WebSocket paths of all routes. */
export interface RoutePaths {
  readonly paths: readonly string[];
  /** The name of the route at a path; null where there is none. */
  routeOf(path: string): string | null;
}

const PREFIXES = ['/ws', '/api/ws'];
const DEFAULT_ROUTE = 'default';

export function createRoutePaths(names: readonly string[]): RoutePaths {
  const table = createPathTable<{ readonly name: string }>();
  const paths = names.flatMap((name) => {
    const own = pathsOf(name);
    for (const path of own) table.set(path, { name });
    return own;
  });
  return { paths, routeOf: (path) => table.find(path)?.name ?? null };
}

function pathsOf(route: string): readonly string[] {
  return PREFIXES.flatMap((prefix) =>
    route === DEFAULT_ROUTE ? [prefix, `${prefix}/${route}`] : [`${prefix}/${route}`],
  );
}
