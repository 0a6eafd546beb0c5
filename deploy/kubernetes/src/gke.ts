import type { IGCPBackendPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/GCPBackendPolicy';
import type { IHealthCheckPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/HealthCheckPolicy';
import { type Installation, metadata } from './manifest.ts';
import type { ServiceTraits } from './services.ts';
import type { Settings } from './settings.ts';
import { unlessEmpty } from './values.ts';

/** Above the largest CONNECTION_LIFETIME_SECONDS that the overlay has, and above the longest live view. */
const LONG_SECONDS = 3700;
const SHORT_SECONDS = 30;

/**
 * What the load balancer does with a service. Its timeout is the lifetime of a WebSocket, whatever is sent, and 30 s unless
 * it is set. Its log has whole URLs, in which a ticket may be, so the edge has none.
 */
export function backendPolicy(service: ServiceTraits, { gke }: Settings, installation: Installation) {
  const { name, terminationGracePeriodSeconds } = service;
  return {
    apiVersion: 'networking.gke.io/v1',
    kind: 'GCPBackendPolicy',
    metadata: metadata(name, installation),
    spec: {
      targetRef: { group: '', kind: 'Service', name },
      default: {
        timeoutSec: name === 'ticket-service' ? SHORT_SECONDS : LONG_SECONDS,
        connectionDraining: { drainingTimeoutSec: terminationGracePeriodSeconds },
        logging: { enabled: name !== 'ws-edge' },
        securityPolicy: unlessEmpty(gke.securityPolicy),
      },
    },
  } satisfies IGCPBackendPolicy;
}

/** Without it, the load balancer asks for `/`, which no service has. */
export function healthCheckPolicy({ name, port }: ServiceTraits, installation: Installation) {
  return {
    apiVersion: 'networking.gke.io/v1',
    kind: 'HealthCheckPolicy',
    metadata: metadata(name, installation),
    spec: {
      targetRef: { group: '', kind: 'Service', name },
      default: {
        checkIntervalSec: 5,
        timeoutSec: 3,
        healthyThreshold: 1,
        unhealthyThreshold: 2,
        config: { type: 'HTTP', httpHealthCheck: { port, requestPath: '/readyz' } },
      },
    },
  } satisfies IHealthCheckPolicy;
}
