import type { TicketVariables } from '@admit-one/config';
import type { InternalPort } from '@admit-one/runtime';
import type { FastifyPluginAsync } from 'fastify';

/** The internal port of forward authentication, or undefined where it is off. */
export function verifyPortOf(
  { VERIFY_PORT: port, VERIFY_HOST: host }: Pick<TicketVariables, 'VERIFY_PORT' | 'VERIFY_HOST'>,
  { verifyRoutes: routes }: { readonly verifyRoutes: FastifyPluginAsync },
): InternalPort | undefined {
  return port === undefined ? undefined : { port, host, variable: 'VERIFY_PORT', routes };
}
