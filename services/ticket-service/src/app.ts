import { openNatsBus } from '@admit-one/adapter-nats';
import { openRedisStore } from '@admit-one/adapter-redis';
import { type TicketServiceVariables, ticketConfigOf } from '@admit-one/config';
import { type Host, natsOptionsOf, openFrom, redisOptionsOf, startHost } from '@admit-one/runtime';
import { startTicketService } from './service.ts';
import { verifyPortOf } from './verify/verify-port.ts';

/**
 * Starts a ticket-service on Redis and NATS, even if they are unavailable.
 * @throws {StartError} where a port is in use, or a URL is unusable
 */
export function startTicketProcess(variables: TicketServiceVariables): Promise<Host> {
  const options = { service: 'ticket-service', title: 'Admit One: tickets', variables };
  return startHost(options, async (host) => {
    const bus = await openFrom('NATS_URL', () =>
      openNatsBus({ url: variables.NATS_URL, ...natsOptionsOf(variables, host) }),
    );
    host.closers.add('bus', () => bus.close());
    const engine = await openFrom('REDIS_URL', () =>
      openRedisStore({ url: variables.REDIS_URL, ...redisOptionsOf(variables, host) }),
    );
    host.closers.add('ticket store', () => engine.store.close());
    const service = await startTicketService(ticketConfigOf(variables), { ...host, ...engine, bus });
    host.closers.add('ticket-service', service.stop);
    return {
      routes: [service.routes],
      readiness: service.readiness,
      internal: verifyPortOf(variables, service),
    };
  });
}
