import type { Route } from './route.ts';

/** Sends every message back as it came. */
export function createEcho(name: string): Route {
  return {
    name,
    protocols: [],
    open: (connection) => ({ message: connection.send, closed() {} }),
  };
}
