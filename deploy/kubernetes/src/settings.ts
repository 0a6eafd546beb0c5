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
  /** Files that a variable names: certificates, credentials, a list of origins. */
  readonly volumes: IVolume[];
  readonly volumeMounts: IVolumeMount[];
}

export interface EdgeSettings extends ServiceSettings {
  /** The metric of connections by pod, as the adapter of custom metrics names it. */
  readonly connectionsMetric: string;
  /** Average connections of an edge above which another one starts. */
  readonly targetConnections: string;
}

/** Where an engine is. */
export interface EngineSettings {
  readonly port: number;
  /** Pods, or networks as `ipBlock`. */
  readonly peers: INetworkPolicyPeer[];
}

/** The values of the chart. What differs between overlays, and what an installation sets. */
export interface Settings {
  /** The images are `<registry>/<service>:<tag>`. */
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
  /** Who else may reach the services. */
  readonly networkPolicy: {
    readonly proxies: INetworkPolicyPeer[];
    readonly prometheus: INetworkPolicyPeer[];
    readonly keda: INetworkPolicyPeer[];
    /** Of yours, that use the bus: backends behind bridge routes, servers with the gate. */
    readonly natsClients: INetworkPolicyPeer[];
  };
  /** The public name. */
  readonly host: string;
  readonly gateway: {
    readonly enabled: boolean;
    readonly className: string;
    /** The Secret with the certificate of the host (`kubernetes.io/tls`). */
    readonly certificate: string;
    /** For routes whose responses do not end by themselves. Empty where the gateway does not know the field. */
    readonly longTimeouts: { readonly request?: string };
  };
  readonly ingress: {
    readonly enabled: boolean;
    readonly className: string;
    /** Empty where something else terminates TLS. */
    readonly tls: IIngressTLS[];
  };
  readonly keda: {
    readonly enabled: boolean;
    /** The monitoring port of NATS. */
    readonly natsMonitoring: string;
    readonly lagThreshold: string;
  };
  /** One for trying out. */
  readonly postgres: { readonly enabled: boolean };
  readonly prometheusOperator: { readonly enabled: boolean };
  readonly gke: {
    readonly enabled: boolean;
    /** Name of a Cloud Armor policy. Empty: none. */
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
