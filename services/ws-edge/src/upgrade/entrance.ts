import type { Route } from '../routes/route.ts';
import type { Acceptor } from './acceptor.ts';

/** A route and the way onto it. */
export interface Entrance {
  readonly route: Route;
  readonly accept: Acceptor;
}

const PREFIXES = ['/ws', '/api/ws'];
const DEFAULT_ROUTE = 'default';

/** The WebSocket paths of a route. They are matched literally, as they were sent. */
export function pathsOf(route: string): readonly string[] {
  return PREFIXES.flatMap((prefix) =>
    route === DEFAULT_ROUTE ? [prefix, `${prefix}/${route}`] : [`${prefix}/${route}`],
  );
}
