import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { type Installation, PART_OF, sharedMetadata } from './manifest.ts';

const SCRAPE = { port: 'metrics', interval: '15s' } as const;

/** For the Prometheus operator. The label `job` is the name of the service; `service` is ours, where a metric has it. */
export function serviceMonitor(installation: Installation) {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: sharedMetadata('admit-one', installation),
    spec: {
      selector: { matchLabels: PART_OF },
      jobLabel: 'app.kubernetes.io/name',
      endpoints: [{ ...SCRAPE, honorLabels: true }],
    },
  } satisfies IServiceMonitor;
}

/** As its custom resource definition says. No package has its type. */
interface PodMonitoring {
  readonly apiVersion: 'monitoring.googleapis.com/v1';
  readonly kind: 'PodMonitoring';
  readonly metadata: ReturnType<typeof sharedMetadata>;
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly endpoints: readonly { readonly port: string; readonly interval: string }[];
    readonly targetLabels: { readonly metadata: readonly ('pod' | 'container' | 'node')[] };
  };
}

/** For Google Cloud Managed Service for Prometheus. */
export function podMonitoring(installation: Installation) {
  return {
    apiVersion: 'monitoring.googleapis.com/v1',
    kind: 'PodMonitoring',
    metadata: sharedMetadata('admit-one', installation),
    spec: {
      selector: { matchLabels: PART_OF },
      endpoints: [SCRAPE],
      targetLabels: { metadata: ['pod', 'container', 'node'] },
    },
  } satisfies PodMonitoring;
}
