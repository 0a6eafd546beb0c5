import type { FastifyInstance } from 'fastify';

/** The methods of a path; empty where the path is unknown. */
export type MethodsAt = (path: string) => readonly string[];

/**
 * Collects the methods of every route that is added from now on, except the catch-all. Paths with parameters are known by
 * their pattern only.
 */
export function noteRouteMethods(app: Pick<FastifyInstance, 'addHook'>): MethodsAt {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url === '*') return;
    const known = methods.get(url) ?? new Set();
    for (const name of [method].flat()) known.add(name);
    methods.set(url, known);
  });
  return (path) => [...(methods.get(path) ?? [])];
}
