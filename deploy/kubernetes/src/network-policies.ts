import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import type { INetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicySpec';
import { type Installation, metadata, podsOf, sharedMetadata } from './manifest.ts';
import { type ServiceTraits, services } from './services.ts';
import type { Settings } from './settings.ts';

/** Where the keys of issuers and receivers of alerts may be: anywhere, except the metadata server of the cloud. */
const INTERNET: INetworkPolicyPeer[] = [
  { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } },
  { ipBlock: { cidr: '::/0', except: ['fe80::/10'] } },
];

const NATS_ROUTES_PORT = 6222;
const NATS_MONITORING_PORT = 8222;

/** In this namespace nothing is reached, and nothing reaches out, except for what another policy allows. */
export function denyAll(installation: Installation) {
  return policy(sharedMetadata('default-deny', installation), {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
  });
}

/** Names are resolved by pods of the cluster or by a process on the node, so their address is left open. */
export function allowDns(installation: Installation) {
  return policy(sharedMetadata('dns', installation), {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  });
}

/** What a service may reach, and who may reach it. */
export function servicePolicy(service: ServiceTraits, settings: Settings, installation: Installation) {
  const { name, port, metricsPort, engines, callsOut } = service;
  const { proxies, prometheus } = settings.networkPolicy;
  return policy(metadata(name, installation), {
    podSelector: podsOf(name),
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      { from: proxies, ports: [tcp(port)] },
      { from: prometheus, ports: [tcp(metricsPort)] },
    ],
    egress: [
      ...engines.map((engine) => {
        const { port: enginePort, peers } = settings.engines[engine];
        return { to: peers, ports: [tcp(enginePort)] };
      }),
      ...(callsOut ? [{ to: INTERNET, ports: [tcp(443)] }] : []),
    ],
  });
}

/** For the pods of the charts of NATS and Valkey, where they are in this namespace. */
export function enginePolicies(settings: Settings, installation: Installation) {
  const { keda, prometheus, natsClients } = settings.networkPolicy;
  const clients = services.map(({ name }) => ({ podSelector: podsOf(name) }));
  const nats = { podSelector: podsOf('nats') };
  return [
    policy(metadata('nats', installation), {
      ...nats,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [...clients, nats], ports: [tcp(4222)] },
        { from: natsClients, ports: [tcp(4222)] },
        { from: [nats], ports: [tcp(NATS_ROUTES_PORT)] },
        { from: keda, ports: [tcp(NATS_MONITORING_PORT)] },
        { from: prometheus, ports: [tcp(NATS_MONITORING_PORT)] },
      ],
      egress: [{ to: [nats], ports: [tcp(NATS_ROUTES_PORT)] }],
    }),
    policy(metadata('valkey', installation), {
      podSelector: podsOf('valkey'),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: podsOf('ticket-service') }], ports: [tcp(6379)] }],
    }),
  ];
}

export function tcp(port: number) {
  return { protocol: 'TCP' as const, port };
}

export function policy(metadata: INetworkPolicy['metadata'] & object, spec: INetworkPolicySpec) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec,
  } satisfies INetworkPolicy;
}
