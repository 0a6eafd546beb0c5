import type { FastifyInstance } from 'fastify';

/** The methods that a path takes; none where there is nothing at it. */
export type MethodsAt = (path: string) => readonly string[];

/**
 * Notes the methods of every route that is added from now on, but of the one that is for all paths. Paths with parameters
 * are known by their pattern only.
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
