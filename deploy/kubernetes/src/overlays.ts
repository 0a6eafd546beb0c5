import manifest from '../../../package.json' with { type: 'json' };
import { podsOf } from './manifest.ts';
import type { Settings } from './settings.ts';

const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});

const noFiles = { volumes: [], volumeMounts: [] };

/** Where the operator replaces a value, it says so in docs/deployment.md. */
export const defaults: Settings = {
  image: { registry: 'registry.example.com/admit-one', tag: manifest.version },
  imagePullSecrets: [],
  ticketService: {
    env: {
      METRICS_HOST: '0.0.0.0',
      SHUTDOWN_SECONDS: '25',
      TRUSTED_PROXIES: '10.0.0.0/8',
      FRONTEND_ORIGINS: 'https://app.example.com',
      JWT_ISSUER: 'https://login.example.com/',
      JWT_AUDIENCE: 'my-app',
      NATS_STREAM_REPLICAS: '3',
    },
    minReplicas: 2,
    maxReplicas: 10,
    resources: { requests: { cpu: '500m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    ...noFiles,
  },
  wsEdge: {
    env: {
      METRICS_HOST: '0.0.0.0',
      SHUTDOWN_SECONDS: '70',
      DRAIN_SECONDS: '60',
      TRUSTED_PROXIES: '10.0.0.0/8',
      FRONTEND_ORIGINS: 'https://app.example.com',
      ROUTES: 'default=bridge',
      MAX_CONNECTIONS: '10000',
      CONNECTION_LIFETIME_SECONDS: '3600',
      NATS_STREAM_REPLICAS: '3',
    },
    minReplicas: 2,
    maxReplicas: 20,
    connectionsMetric: 'admit_connections',
    // Of MAX_CONNECTIONS, so that those of an edge that ends fit into the others.
    targetConnections: '6000',
    resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '1Gi' } },
    ...noFiles,
  },
  auditService: {
    env: {
      METRICS_HOST: '0.0.0.0',
      SHUTDOWN_SECONDS: '25',
      TRUSTED_PROXIES: '10.0.0.0/8',
      AUDIT_RETENTION_DAYS: '30',
      OPERATOR_ISSUER: 'https://login.example.com/',
      NATS_STREAM_REPLICAS: '3',
    },
    minReplicas: 2,
    maxReplicas: 4,
    resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    ...noFiles,
  },
  engines: {
    nats: { port: 4222, peers: [{ podSelector: podsOf('nats') }] },
    redis: { port: 6379, peers: [{ podSelector: podsOf('valkey') }] },
    postgres: { port: 5432, peers: [inNamespace('postgres')] },
  },
  networkPolicy: {
    proxies: [inNamespace('gateway')],
    prometheus: [inNamespace('monitoring')],
    keda: [inNamespace('keda')],
    natsClients: [{ namespaceSelector: { matchLabels: { 'admit-one/nats-client': 'true' } } }],
  },
  host: 'admit.example.com',
  gateway: {
    enabled: false,
    className: 'gateway',
    certificate: 'admit-one-tls',
    longTimeouts: { request: '0s' },
  },
  ingress: {
    enabled: false,
    className: 'traefik',
    tls: [{ hosts: ['admit.example.com'], secretName: 'admit-one-tls' }],
  },
  keda: {
    enabled: false,
    natsMonitoring: 'nats-headless.admit-one.svc.cluster.local:8222',
    lagThreshold: '5000',
  },
  postgres: { enabled: false },
  prometheusOperator: { enabled: false },
  gke: { enabled: false, securityPolicy: '' },
};

const one = { minReplicas: 1, maxReplicas: 1 } as const;
const withSingleNats = { NATS_STREAM_REPLICAS: '1' } as const;

/** For trying out in k3s, which brings Traefik: one pod of each service, anonymous sessions, and a route that sends messages back. */
const dev: Settings = {
  ...defaults,
  ticketService: {
    ...defaults.ticketService,
    ...one,
    env: {
      METRICS_HOST: '0.0.0.0',
      SHUTDOWN_SECONDS: '25',
      TRUSTED_PROXIES: '10.0.0.0/8',
      FRONTEND_ORIGINS: 'http://localhost:3000',
      ANONYMOUS_SESSIONS: 'true',
      ...withSingleNats,
    },
  },
  wsEdge: {
    ...defaults.wsEdge,
    ...one,
    env: {
      ...defaults.wsEdge.env,
      ...withSingleNats,
      FRONTEND_ORIGINS: 'http://localhost:3000',
      ROUTES: 'default=echo',
    },
  },
  auditService: {
    ...defaults.auditService,
    ...one,
    env: {
      METRICS_HOST: '0.0.0.0',
      SHUTDOWN_SECONDS: '25',
      TRUSTED_PROXIES: '10.0.0.0/8',
      AUDIT_RETENTION_DAYS: '1',
      ...withSingleNats,
    },
  },
  engines: { ...defaults.engines, postgres: { port: 5432, peers: [{ podSelector: podsOf('postgres') }] } },
  networkPolicy: { ...defaults.networkPolicy, proxies: [inNamespace('kube-system')] },
  host: 'localhost',
  ingress: { ...defaults.ingress, enabled: true, tls: [] },
  postgres: { enabled: true },
};

/** Any cluster with a gateway, KEDA, the Prometheus operator and an adapter of custom metrics. */
const production: Settings = {
  ...defaults,
  gateway: { ...defaults.gateway, enabled: true },
  keda: { ...defaults.keda, enabled: true },
  prometheusOperator: { enabled: true },
};

/** The proxies and health checks of Google's load balancers. */
const GOOGLE_PROXIES = ['130.211.0.0/22', '35.191.0.0/16'] as const;
/** The last address in `X-Forwarded-For` is the load balancer's own: replace it by yours. */
const LOAD_BALANCER = '203.0.113.10';
const behindGoogle = { TRUSTED_PROXIES: [...GOOGLE_PROXIES, LOAD_BALANCER].join(',') };

/** GKE with its own gateway and managed Prometheus; Redis and PostgreSQL are managed ones in the network of the cluster. */
const gke: Settings = {
  ...defaults,
  ticketService: {
    ...defaults.ticketService,
    env: { ...defaults.ticketService.env, ...behindGoogle },
  },
  wsEdge: {
    ...defaults.wsEdge,
    env: { ...defaults.wsEdge.env, ...behindGoogle },
    connectionsMetric: 'prometheus.googleapis.com|admit_connections|gauge',
  },
  auditService: { ...defaults.auditService, env: { ...defaults.auditService.env, ...behindGoogle } },
  engines: {
    ...defaults.engines,
    redis: { port: 6379, peers: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
    postgres: { port: 5432, peers: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
  },
  networkPolicy: {
    ...defaults.networkPolicy,
    proxies: GOOGLE_PROXIES.map((cidr) => ({ ipBlock: { cidr } })),
    prometheus: [inNamespace('gmp-system')],
  },
  // It does not know the timeouts of routes: GCPBackendPolicy has them.
  gateway: {
    ...defaults.gateway,
    enabled: true,
    className: 'gke-l7-global-external-managed',
    longTimeouts: {},
  },
  keda: { ...defaults.keda, enabled: true },
  gke: { enabled: true, securityPolicy: '' },
};

export const overlays = { dev, production, gke } as const satisfies Readonly<Record<string, Settings>>;
export type OverlayName = keyof typeof overlays;
