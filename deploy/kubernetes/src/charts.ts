import {
  type NatsUser,
  type NatsUserName,
  natsPasswordVariable,
  natsUsers,
} from '../../../libs/adapter-nats/src/users.ts';

const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

/**
 * Values of the official chart of NATS: three servers in different zones, each of which syncs what it acknowledges to disk.
 * The passwords come from the Secret `nats`, made of `nats.env`. Of text in `<< >>`, the chart makes a variable.
 */
export function natsChartValues() {
  return {
    config: {
      cluster: { enabled: true, replicas: 3 },
      jetstream: {
        enabled: true,
        fileStore: { pvc: { size: '10Gi' } },
        merge: { sync_interval: 'always' },
      },
      // For KEDA.
      monitor: { enabled: true, port: 8222 },
      merge: { ping_interval: '5s', ping_max: 2, authorization: { users: users() } },
    },
    container: {
      merge: {
        envFrom: [{ secretRef: { name: 'nats' } }],
        resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '1Gi' } },
        securityContext: restricted,
      },
    },
    reloader: { merge: { securityContext: restricted } },
    natsBox: { enabled: false },
    podTemplate: {
      topologySpreadConstraints: {
        'topology.kubernetes.io/zone': { maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' },
        'kubernetes.io/hostname': { maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' },
      },
      merge: {
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            runAsGroup: 1000,
            fsGroup: 1000,
            seccompProfile: { type: 'RuntimeDefault' },
          },
        },
      },
    },
  } as const;
}

function users() {
  return Object.entries(natsUsers as Readonly<Record<NatsUserName, NatsUser>>).map(([name, user]) => ({
    user: name,
    password: `<< $${natsPasswordVariable(name as NatsUserName)} >>`,
    permissions: {
      publish: user.publish,
      subscribe: [`_INBOX.${name}.>`, ...user.subscribe],
      ...(user.replies && { allow_responses: { max: 1, expires: '1m' } }),
    },
  }));
}

/**
 * Values of the official chart of Valkey: one server with a volume, the users of the Secret `valkey-users`, made of
 * `redis-users.acl`. There is no failover: the chart's replicas are never promoted.
 * @param config the settings of deploy/redis/redis.conf
 */
export function valkeyChartValues(config: string) {
  const path = '/secrets/users';
  return {
    // Half of the limit: while the file of commands is rewritten, changed pages are there twice.
    valkeyConfig: `${config}maxmemory 1gb\naclfile ${path}/redis-users.acl\n`,
    extraValkeySecrets: [{ name: 'valkey-users', mountPath: path }],
    dataStorage: { enabled: true, requestedSize: '8Gi', keepPvc: true },
    // The volume has one writer.
    deploymentStrategy: 'Recreate',
    podSecurityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // It answers when it has read the file of commands.
    startupProbe: { failureThreshold: 60 },
    resources: { requests: { cpu: '500m', memory: '2Gi' }, limits: { memory: '2Gi' } },
  } as const;
}

/** Values of the chart of prometheus-adapter: the connections of a pod over all routes, for the autoscaler of edges. */
export function adapterChartValues() {
  return {
    rules: {
      default: false,
      custom: [
        {
          seriesQuery: 'admit_connections{namespace!="",pod!=""}',
          resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
          metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)',
        },
      ],
    },
  } as const;
}
