import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IService } from 'kubernetes-models/v1/Service';
import {
  type Installation,
  metadata,
  PART_OF,
  podsOf,
  RESTRICTED_CONTAINER,
  restrictedPod,
} from './manifest.ts';
import { policy, tcp } from './network-policies.ts';

const NAME = 'postgres';
const PORT = 5432;
/** The user of PostgreSQL in its image. */
const USER = 999;
const DATA = '/var/lib/postgresql/data';

/**
 * One PostgreSQL for trying out, without replicas or backups. Its Secrets are `postgres`, made of `postgres.env`, and
 * `postgres-sql`, made of `postgres.sql`, which runs when the volume is new.
 */
export function postgres(installation: Installation) {
  return [
    statefulSet(installation),
    service(installation),
    policy(metadata(NAME, installation), {
      podSelector: podsOf(NAME),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: podsOf('audit-service') }], ports: [tcp(PORT)] }],
    }),
  ];
}

function statefulSet(installation: Installation) {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(NAME, installation),
    spec: {
      serviceName: NAME,
      selector: podsOf(NAME),
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': NAME, ...PART_OF } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { ...restrictedPod(USER), fsGroup: USER },
          containers: [
            {
              name: NAME,
              image: 'docker.io/library/postgres:17',
              ports: [{ name: NAME, containerPort: PORT }],
              envFrom: [{ secretRef: { name: NAME } }],
              // A new volume is not empty, which initdb demands.
              env: [{ name: 'PGDATA', value: `${DATA}/pgdata` }],
              securityContext: RESTRICTED_CONTAINER,
              readinessProbe: {
                exec: { command: ['pg_isready', '--username', 'postgres'] },
                periodSeconds: 5,
              },
              volumeMounts: [
                { name: 'data', mountPath: DATA },
                { name: 'sql', mountPath: '/docker-entrypoint-initdb.d', readOnly: true },
                { name: 'run', mountPath: '/var/run/postgresql' },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            { name: 'sql', secret: { secretName: 'postgres-sql' } },
            { name: 'run', emptyDir: {} },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
        },
      ],
    },
  } satisfies IStatefulSet;
}

function service(installation: Installation) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(NAME, installation),
    spec: {
      selector: podsOf(NAME).matchLabels,
      ports: [{ name: NAME, port: PORT, targetPort: NAME, appProtocol: 'tcp' }],
    },
  } satisfies IService;
}
