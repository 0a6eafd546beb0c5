import { auditServiceVariables, ticketServiceVariables, wsEdgeVariables } from '@admit-one/config';
import type { Settings } from './settings.ts';

/** What the manifests of a service differ by. */
export interface ServiceTraits {
  readonly name: 'ticket-service' | 'ws-edge' | 'audit-service';
  readonly settings: 'ticketService' | 'wsEdge' | 'auditService';
  readonly port: number;
  readonly metricsPort: number;
  /** What the port speaks, where it is not only HTTP. */
  readonly appProtocol: string;
  readonly engines: readonly (keyof Settings['engines'])[];
  /** Whether it fetches the keys of issuers, or posts alerts. */
  readonly callsOut: boolean;
  /** From the preStop hook to SIGKILL. Longer than the pause and SHUTDOWN_SECONDS together. */
  readonly terminationGracePeriodSeconds: number;
}

/** How long a pod goes on before SIGTERM, so that proxies have heard that it ends. */
export const PRE_STOP_SECONDS = 10;

export const services: readonly ServiceTraits[] = [
  {
    name: 'ticket-service',
    settings: 'ticketService',
    ...portsOf(ticketServiceVariables),
    appProtocol: 'http',
    engines: ['nats', 'redis'],
    callsOut: true,
    terminationGracePeriodSeconds: 40,
  },
  {
    name: 'ws-edge',
    settings: 'wsEdge',
    ...portsOf(wsEdgeVariables),
    appProtocol: 'kubernetes.io/ws',
    engines: ['nats'],
    callsOut: false,
    terminationGracePeriodSeconds: 90,
  },
  {
    name: 'audit-service',
    settings: 'auditService',
    ...portsOf(auditServiceVariables),
    appProtocol: 'http',
    engines: ['nats', 'postgres'],
    callsOut: true,
    terminationGracePeriodSeconds: 40,
  },
];

function portsOf({ PORT, METRICS_PORT }: Readonly<Record<'PORT' | 'METRICS_PORT', object>>) {
  return { port: defaultOf(PORT), metricsPort: defaultOf(METRICS_PORT) };
}

function defaultOf(schema: { readonly default?: unknown }): number {
  return Number(schema.default);
}
