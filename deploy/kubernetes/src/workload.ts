import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import {
  type Installation,
  metadata,
  PART_OF,
  podsOf,
  RESTRICTED_CONTAINER,
  restrictedPod,
} from './manifest.ts';
import { PRE_STOP_SECONDS, type ServiceTraits } from './services.ts';
import type { Settings } from './settings.ts';
import { environmentOf, unlessEmpty } from './values.ts';

/** The image's user. */
const USER = 1000;

/** No `replicas`: its autoscaler sets them, and applying the manifest again must not reset them. */
export function deployment(service: ServiceTraits, settings: Settings, installation: Installation) {
  const { name } = service;
  const isEdge = name === 'ws-edge';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name, installation),
    spec: {
      selector: podsOf(name),
      revisionHistoryLimit: 5,
      // Pods are replaced one by one: each that ends makes its users connect again.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      ...(isEdge && { minReadySeconds: 10 }),
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': name, ...PART_OF } },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          // They would put variables such as NATS_PORT into the environment.
          enableServiceLinks: false,
          terminationGracePeriodSeconds: service.terminationGracePeriodSeconds,
          securityContext: restrictedPod(USER),
          topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(
            (topologyKey) => ({
              maxSkew: 1,
              topologyKey,
              whenUnsatisfiable: 'ScheduleAnyway' as const,
              labelSelector: podsOf(name),
              // Of this revision alone: the pods that it replaces end soon.
              matchLabelKeys: ['pod-template-hash'],
            }),
          ),
          containers: [container(service, settings)],
          volumes: unlessEmpty(settings[service.settings].volumes),
        },
      },
    },
  } satisfies IDeployment;
}

function container(service: ServiceTraits, settings: Settings) {
  const { name, port, metricsPort } = service;
  const { env, resources, volumeMounts } = settings[service.settings];
  return {
    name,
    image: `${settings.image.registry}/${name}:${settings.image.tag}`,
    ports: [
      { name: 'http', containerPort: port },
      { name: 'metrics', containerPort: metricsPort },
    ],
    envFrom: [{ secretRef: { name } }],
    env: environmentOf(env),
    resources,
    volumeMounts: unlessEmpty(volumeMounts),
    securityContext: RESTRICTED_CONTAINER,
    startupProbe: probe('/healthz', { periodSeconds: 1, failureThreshold: 60 }),
    livenessProbe: probe('/healthz', { periodSeconds: 10, failureThreshold: 3 }),
    readinessProbe: probe('/readyz', { periodSeconds: 5, failureThreshold: 2 }),
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
  } satisfies IContainer;
}

function probe(path: string, times: { readonly periodSeconds: number; readonly failureThreshold: number }) {
  return { httpGet: { path, port: 'http' }, timeoutSeconds: 3, ...times };
}

export function serviceAccount({ name }: ServiceTraits, settings: Settings, installation: Installation) {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(name, installation),
    automountServiceAccountToken: false,
    imagePullSecrets: unlessEmpty(settings.imagePullSecrets),
  } satisfies IServiceAccount;
}

export function service(traits: ServiceTraits, installation: Installation) {
  const { name, port, metricsPort, appProtocol } = traits;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name, installation),
    spec: {
      selector: podsOf(name).matchLabels,
      ports: [
        { name: 'http', port, targetPort: 'http', appProtocol },
        { name: 'metrics', port: metricsPort, targetPort: 'metrics', appProtocol: 'http' },
      ],
    },
  } satisfies IService;
}

export function disruptionBudget({ name }: ServiceTraits, installation: Installation) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(name, installation),
    spec: { maxUnavailable: 1, selector: podsOf(name), unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  } satisfies IPodDisruptionBudget;
}
