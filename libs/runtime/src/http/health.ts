import type { FastifyInstance } from 'fastify';
import { within } from '../within.ts';

/** A dependency of a service. Throws or is false while it is unavailable. */
export type ReadinessCheck = () => boolean | Promise<boolean | unknown>;

const CHECK_TIMEOUT_MS = 1_000;

/**
 * `/healthz`: the process is alive. `/readyz`: it is ready, else 503; both list each check by name.
 * A check that takes longer than a second counts as failed.
 */
export function addHealthRoutes(
  app: FastifyInstance,
  checks: Readonly<Record<string, ReadinessCheck>>,
): void {
  app.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(
        async ([name, check]) => [name, (await passes(check)) ? 'ok' : 'failed'] as const,
      ),
    );
    const ready = results.every(([, result]) => result === 'ok');
    reply.code(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(results) };
  });
}

async function passes(check: ReadinessCheck): Promise<boolean> {
  try {
    const passed = Promise.resolve(check()).then((result) => result !== false);
    return (await within(passed, CHECK_TIMEOUT_MS)) ?? false;
  } catch {
    return false;
  }
}
