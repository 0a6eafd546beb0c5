import type { IIngressTLS } from 'kubernetes-models/networking.k8s.io/v1/IngressTLS';
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import type { IResourceRequirements } from 'kubernetes-models/v1/ResourceRequirements';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import type { IVolumeMount } from 'kubernetes-models/v1/VolumeMount';

/** Environment variables of a service. Its secrets come from the Secret that has the service's name. */
export type Environment = Readonly<Record<string, string>>;

export interface ServiceSettings {
  readonly env: Environment;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly resources: IResourceRequirements;
  readonly volumes: IVolume[];
  readonly volumeMounts: IVolumeMount[];
}

export interface EdgeSettings extends ServiceSettings {
  readonly connectionsMetric: string;
  readonly targetConnections: string;
}

/** Where an engine is. */
export interface EngineSettings {
  readonly port: number;
  readonly peers: INetworkPolicyPeer[];
}

/** The values of the chart: what differs between overlays, and what an installation sets. `descriptions.ts` says what they are. */
export interface Settings {
  readonly image: { readonly registry: string; readonly tag: string };
  readonly imagePullSecrets: { readonly name: string }[];
  readonly ticketService: ServiceSettings;
  readonly wsEdge: EdgeSettings;
  readonly auditService: ServiceSettings;
  readonly engines: {
    readonly nats: EngineSettings;
    readonly redis: EngineSettings;
    readonly postgres: EngineSettings;
  };
  readonly networkPolicy: {
    readonly proxies: INetworkPolicyPeer[];
    readonly prometheus: INetworkPolicyPeer[];
    readonly keda: INetworkPolicyPeer[];
    readonly natsClients: INetworkPolicyPeer[];
  };
  readonly host: string;
  readonly gateway: {
    readonly enabled: boolean;
    readonly className: string;
    readonly certificate: string;
    readonly longTimeouts: { readonly request?: string };
  };
  readonly ingress: {
    readonly enabled: boolean;
    readonly className: string;
    readonly tls: IIngressTLS[];
  };
  readonly keda: {
    readonly enabled: boolean;
    readonly natsMonitoring: string;
    readonly lagThreshold: string;
  };
  readonly postgres: { readonly enabled: boolean };
  readonly prometheusOperator: { readonly enabled: boolean };
  readonly gke: {
    readonly enabled: boolean;
    readonly securityPolicy: string;
  };
}

/** What is switched on by `<name>.enabled`. */
export type Feature = 'gateway' | 'ingress' | 'keda' | 'postgres' | 'prometheusOperator' | 'gke';
export const features: readonly Feature[] = [
  'gateway',
  'ingress',
  'keda',
  'postgres',
  'prometheusOperator',
  'gke',
];

/** Settings whose members are the operator's: the chart takes them as they are. */
export const freeForm: ReadonlySet<string> = new Set(['env', 'resources', 'longTimeouts']);
