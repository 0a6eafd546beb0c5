import { managedRules, prometheusRule } from '@admit-one/observability';
import { auditScaledObject, cpuAutoscaler, edgeAutoscaler } from './autoscaling.ts';
import { gateway, ingress, publicRoute, redirectRoute } from './gateway.ts';
import { backendPolicy, healthCheckPolicy } from './gke.ts';
import { type Installation, type KubernetesObject, type Manifest, sharedMetadata } from './manifest.ts';
import { podMonitoring, serviceMonitor } from './monitoring.ts';
import { allowDns, denyAll, enginePolicies, servicePolicy } from './network-policies.ts';
import { postgres } from './postgres.ts';
import { services } from './services.ts';
import type { Settings } from './settings.ts';
import { deployment, disruptionBudget, service, serviceAccount } from './workload.ts';

/** All objects that an installation may have. */
export function manifests(settings: Settings, installation: Installation): readonly Manifest[] {
  return [
    ...services.flatMap((traits) =>
      inFile(traits.name, [
        serviceAccount(traits, settings, installation),
        deployment(traits, settings, installation),
        service(traits, installation),
        disruptionBudget(traits, installation),
        servicePolicy(traits, settings, installation),
      ]),
    ),
    ...inFile('ws-edge', [edgeAutoscaler(settings, installation)]),
    ...inFile('ticket-service', [cpuAutoscaler('ticket-service', settings.ticketService, installation)]),
    ...inFile('audit-service', [cpuAutoscaler('audit-service', settings.auditService, installation)], {
      unless: 'keda',
    }),
    ...inFile('network-policies', [
      denyAll(installation),
      allowDns(installation),
      ...enginePolicies(settings, installation),
    ]),
    ...inFile('keda', [auditScaledObject(settings, installation)], { when: 'keda' }),
    ...inFile(
      'gateway',
      [
        gateway(settings, installation),
        redirectRoute(settings, installation),
        publicRoute(settings, installation),
      ],
      { when: 'gateway' },
    ),
    ...inFile('ingress', [ingress(settings, installation)], { when: 'ingress' }),
    ...inFile('postgres', postgres(installation), { when: 'postgres' }),
    ...inFile('service-monitor', [serviceMonitor(installation)], { when: 'prometheusOperator' }),
    ...inFile('prometheus-rule', [rulesOf(prometheusRule(), installation)], { when: 'prometheusOperator' }),
    ...inFile(
      'gke',
      [
        ...services.map((traits) => backendPolicy(traits, settings, installation)),
        ...services.map((traits) => healthCheckPolicy(traits, installation)),
        podMonitoring(installation),
      ],
      { when: 'gke' },
    ),
    ...inFile('managed-rules', [rulesOf(managedRules(), installation)], { when: 'gke' }),
  ];
}

function rulesOf(rules: KubernetesObject, installation: Installation) {
  return { ...rules, metadata: sharedMetadata('admit-one', installation) };
}

function inFile(
  file: string,
  objects: readonly KubernetesObject[],
  condition: Pick<Manifest, 'when' | 'unless'> = {},
): readonly Manifest[] {
  return objects.map((object) => ({ file, object, ...condition }));
}

/** Whether an installation with these settings has an object. */
export function isPartOf(settings: Settings, { when, unless }: Manifest): boolean {
  return (!when || settings[when].enabled) && !(unless && settings[unless].enabled);
}

/** The objects that an installation with these settings has, as they are written. */
export function objectsOf(settings: Settings, installation: Installation): readonly KubernetesObject[] {
  return manifests(settings, installation)
    .filter((manifest) => isPartOf(settings, manifest))
    .map(({ object }) => written(object));
}

/** An object without the members that are undefined. */
export function written<Value extends object>(value: Value): Value {
  return JSON.parse(JSON.stringify(value));
}
