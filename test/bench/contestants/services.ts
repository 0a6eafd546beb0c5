import { join } from 'node:path';
import { asRole } from '@admit-one/testkit';
import type { Engines } from '../../stack/engines.ts';
import type { Variables } from '../../stack/stack.ts';
import { HOST, ORIGIN } from '../client/endpoint.ts';
import { freePort } from '../processes/free-port.ts';
import { type ServerProcess, startServer } from '../processes/server-process.ts';
import type { Setting } from './contestant.ts';

export type ServiceName = 'ticket-service' | 'ws-edge' | 'audit-service';

/** One of our services, as it is built for production. */
export interface Service extends ServerProcess {
  readonly metricsUrl: string;
}

/** Starts a service on these engines, and resolves when it is ready. */
export async function startService(
  name: ServiceName,
  engines: Engines,
  setting: Setting,
  more: Variables = {},
): Promise<Service> {
  const { root, ticketService, identity, logLevel, tracing, nodeOptions } = setting;
  const built = join(root, 'services', name, 'dist', 'main.js');
  const metricsPort = await freePort();
  const service = await startServer({
    program: name === 'ticket-service' ? (ticketService ?? built) : built,
    nodeOptions: nodeOptions(name),
    port: await freePort(),
    variables: {
      HOST,
      METRICS_PORT: `${metricsPort}`,
      LOG_LEVEL: logLevel,
      NATS_URL: asRole(engines.nats.url, name),
      REDIS_URL: engines.redis.url,
      DATABASE_URL: engines.postgres.url,
      ...identity,
      ...tracing,
      OPERATOR_ISSUER: identity.JWT_ISSUER,
      OPERATOR_JWKS: identity.JWT_JWKS,
      FRONTEND_ORIGINS: ORIGIN,
      ROUTES: 'default=echo',
      DRAIN_SECONDS: '0',
      ...more,
    },
  });
  return { ...service, metricsUrl: `http://${HOST}:${metricsPort}/metrics` };
}
