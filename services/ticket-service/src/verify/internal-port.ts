import type { TicketVariables } from '@admit-one/config';
import type { InternalPort } from '@admit-one/runtime';
import type { TicketService } from '../service.ts';

/** The port at which proxies ask, or undefined where they cannot. */
export function verifyPortOf(
  { VERIFY_PORT: port }: Pick<TicketVariables, 'VERIFY_PORT'>,
  { verifyRoutes: routes }: Pick<TicketService, 'verifyRoutes'>,
): InternalPort | undefined {
  return port === undefined ? undefined : { port, variable: 'VERIFY_PORT', routes };
}
