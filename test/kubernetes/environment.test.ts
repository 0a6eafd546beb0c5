import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { misspelledVariables } from '@admit-one/config';
import { findProgram, missingEngines, temporaryDirectory } from '@admit-one/testkit';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { describe, expect, onTestFinished, test } from 'vitest';
import { natsChartValues, valkeyChartValues } from '../../deploy/kubernetes/src/charts.ts';
import { type KubernetesObject, NAMESPACE } from '../../deploy/kubernetes/src/manifest.ts';
import { objectsOf } from '../../deploy/kubernetes/src/manifests.ts';
import { type OverlayName, overlays } from '../../deploy/kubernetes/src/overlays.ts';
import { publicPaths } from '../../deploy/kubernetes/src/paths.ts';
import { keyFilesFor, readers } from '../deployment/service-variables.ts';
import { containerOf, environmentOf } from './deployments.ts';
import { root } from './tools.ts';

const keys = keyFilesFor('valkey');
const secretsOf = (name: string) => parseEnv(keys.find((file) => file.name === `${name}.env`)?.text ?? '');

interface Case {
  readonly overlay: OverlayName;
  readonly name: keyof typeof readers;
  readonly deployment: IDeployment & KubernetesObject;
  readonly objects: readonly KubernetesObject[];
}

const cases: readonly Case[] = (Object.keys(overlays) as OverlayName[]).flatMap((overlay) => {
  const objects = objectsOf(overlays[overlay], { namespace: NAMESPACE });
  return objects
    .filter(({ kind }) => kind === 'Deployment')
    .map((object) => object as IDeployment & KubernetesObject)
    .map((deployment) => ({
      ...{ overlay, objects, deployment },
      name: deployment.metadata?.name as keyof typeof readers,
    }));
});

const find = (objects: readonly KubernetesObject[], kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata?.name === name) as
    | { readonly spec: Readonly<Record<string, never>> }
    | undefined;

describe('the environment of a pod', () => {
  test.each(cases)('$overlay $name is one that the service accepts', ({ name, deployment, objects }) => {
    const environment = environmentOf(deployment);
    expect(misspelledVariables(environment)).toEqual([]);
    const variables = readers[name]({ ...environment, ...secretsOf(name) });
    const known = new Set(Object.keys(variables));
    expect(Object.keys(environment).filter((variable) => !known.has(variable))).toEqual([]);

    const { ports = [], image } = containerOf(deployment);
    const portOf = (port: string) => ports.find((one) => one.name === port)?.containerPort;
    expect({ http: portOf('http'), metrics: portOf('metrics') }).toEqual({
      http: variables.PORT,
      metrics: variables.METRICS_PORT,
    });
    expect(image).toMatch(new RegExp(`/${name}:`));

    const pod = deployment.spec?.template.spec;
    const pause = containerOf(deployment).lifecycle?.preStop?.sleep?.seconds ?? Number.NaN;
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(pause + variables.SHUTDOWN_SECONDS);
    const policy = find(objects, 'GCPBackendPolicy', name)?.spec as unknown as
      | { readonly default: { readonly timeoutSec: number } }
      | undefined;
    if (policy && 'CONNECTION_LIFETIME_SECONDS' in variables)
      expect(policy.default.timeoutSec).toBeGreaterThan(variables.CONNECTION_LIFETIME_SECONDS);
    if ('MAX_CONNECTIONS' in variables) {
      const { wsEdge } = overlays.production;
      expect(Number(wsEdge.targetConnections)).toBeLessThan(variables.MAX_CONNECTIONS);
    }
  });

  test('has the user of the image', () => {
    const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
    const user = Number(/^USER (\d+):/m.exec(dockerfile)?.[1]);
    for (const { name, deployment } of cases) {
      expect(deployment.spec?.template.spec?.securityContext?.runAsUser).toBe(user);
      expect(existsSync(join(root, 'services', name, 'src', 'main.ts'))).toBe(true);
    }
  });
});

test('the public paths are those of nginx', () => {
  const nginx = readFileSync(join(root, 'deploy/nginx/services.conf'), 'utf8');
  const locations = [...nginx.matchAll(/^ {4}location (= )?(\/\S+) /gm)].map(
    ([, exact, path = '']) => `${exact ? 'Exact' : 'Prefix'} ${path.replace(/\/$/, '')}`,
  );
  expect(nginx).toContain('location ~ ^/(?:api/)?ws(?:/|$)');
  const paths = Object.values(publicPaths).flat();
  expect(paths.map(({ type, value }) => `${type} ${value}`).sort()).toEqual(
    ['Prefix /ws', 'Prefix /api/ws', ...locations].sort(),
  );
});

describe('the values for the charts of engines', () => {
  test('of Valkey are the settings of deploy/redis/redis.conf, and the file that admit keys makes', () => {
    const values = readFileSync(join(root, 'deploy/kubernetes/charts/valkey.yaml'), 'utf8');
    for (const setting of ['maxmemory-policy noeviction', 'appendonly yes', 'appendfsync always'])
      expect(values).toContain(setting);
    const [file = ''] = /[\w-]+\.acl/.exec(valkeyChartValues('').valkeyConfig) ?? [];
    expect(keys.map(({ name }) => name)).toContain(file);
  });

  test.skipIf(missingEngines('nats'))('of NATS are a configuration that nats-server reads', async () => {
    const { merge, jetstream } = natsChartValues().config;
    expect(jetstream.merge.sync_interval).toBe('always');
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const file = join(directory.path, 'nats.conf');
    const config = (users: string) =>
      `${JSON.stringify(merge)
        .slice(1, -1)
        .replaceAll(/"<< (\$\w+) >>"/g, users)}`;
    const check = (users: string) => {
      // The server of the tests is older than `sync_interval`.
      const store = `jetstream { store_dir: "${directory.path}" }\n`;
      writeFileSync(file, store + config(users));
      const env = { ...process.env, ...secretsOf('nats') };
      return spawnSync(findProgram('nats-server'), ['-t', '-c', file], { env, encoding: 'utf8' });
    };
    expect(check('$1')).toMatchObject({ status: 0 });
    expect(check('$NO_SUCH_PASSWORD')).toMatchObject({ status: 1 });
  });
});
