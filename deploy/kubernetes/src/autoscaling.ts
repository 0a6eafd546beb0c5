import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IHorizontalPodAutoscalerSpec } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscalerSpec';
import { type Installation, metadata } from './manifest.ts';
import type { Settings } from './settings.ts';

const CPU_PERCENT = 60;

/**
 * An edge that ends closes its connections, so there are fewer edges only after half an hour with too many, and one less
 * in ten minutes. Connections that were closed come back elsewhere: a fast descent would be one reconnect storm after the
 * other.
 */
export function edgeAutoscaler({ wsEdge }: Settings, installation: Installation) {
  return autoscaler('ws-edge', installation, {
    ...wsEdge,
    metrics: [
      {
        type: 'Pods',
        pods: {
          metric: { name: wsEdge.connectionsMetric },
          target: { type: 'AverageValue', averageValue: wsEdge.targetConnections },
        },
      },
    ],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        policies: [{ type: 'Percent', value: 100, periodSeconds: 60 }],
      },
      scaleDown: {
        stabilizationWindowSeconds: 1800,
        policies: [{ type: 'Pods', value: 1, periodSeconds: 600 }],
      },
    },
  });
}

/** By CPU, which is what tickets and events cost. */
export function cpuAutoscaler(
  name: 'ticket-service' | 'audit-service',
  { minReplicas, maxReplicas }: Settings['ticketService'],
  installation: Installation,
) {
  return autoscaler(name, installation, {
    minReplicas,
    maxReplicas,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: CPU_PERCENT } },
      },
    ],
  });
}

function autoscaler(
  name: string,
  installation: Installation,
  {
    minReplicas,
    maxReplicas,
    metrics,
    behavior,
  }: Pick<IHorizontalPodAutoscalerSpec, 'minReplicas' | 'maxReplicas' | 'metrics' | 'behavior'>,
) {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(name, installation),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas,
      maxReplicas,
      metrics,
      behavior,
    },
  } satisfies IHorizontalPodAutoscaler;
}

/** By the events that wait in the stream. KEDA reads them from the monitoring port of NATS, and makes the autoscaler. */
export function auditScaledObject({ auditService, keda }: Settings, installation: Installation) {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: metadata('audit-service', installation),
    spec: {
      scaleTargetRef: { name: 'audit-service' },
      minReplicaCount: auditService.minReplicas,
      maxReplicaCount: auditService.maxReplicas,
      triggers: [
        {
          type: 'nats-jetstream',
          metadata: {
            natsServerMonitoringEndpoint: keda.natsMonitoring,
            account: '$G',
            stream: 'ADMIT',
            consumer: 'audit',
            lagThreshold: keda.lagThreshold,
          },
        },
      ],
    },
  } satisfies IScaledObject;
}
