import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingEngines } from '@admit-one/testkit';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { OverlayName } from '../../deploy/kubernetes/src/overlays.ts';
import { type PublicPath, publicPaths } from '../../deploy/kubernetes/src/paths.ts';
import { expectAdmission, serviceNames, startThreeServices } from '../deployment/three-services.ts';
import type { ServiceName } from '../stack/service-process.ts';
import { environmentOf } from './deployments.ts';
import { kubectl, missingTools, root } from './tools.ts';

const missing = missingTools() ?? missingEngines('redis', 'nats', 'postgres', 'nginx');

/** The variables of the image, then those that the rendered Deployment has. Only this machine may reach the processes. */
async function startPods(overlay: OverlayName, more: Readonly<Record<string, string>> = {}) {
  const yaml = await kubectl('kustomize', `deploy/kubernetes/overlays/${overlay}`);
  const objects = parseAllDocuments(yaml).map((document) => document.toJS() as IDeployment);
  const ofImage = /^ENV (.*)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))?.[1] ?? '';
  const image = Object.fromEntries(ofImage.split(' ').map((pair) => pair.split('=') as [string, string]));
  const stack = await startThreeServices({
    tls: false,
    settings(name) {
      const deployment = objects.find(
        ({ kind, metadata }) => kind === 'Deployment' && metadata?.name === name,
      );
      if (!deployment) throw new Error(`${overlay} has no Deployment ${name}`);
      const local = { HOST: '127.0.0.1', METRICS_HOST: '127.0.0.1' };
      return { ...image, ...environmentOf(deployment), ...local, ...more };
    },
  });
  onTestFinished(stack.stop);
  return stack;
}

/** The service that a route of the gateway sends a path to: exact paths first, then the longest prefix. */
function targetOf(path: string): string | undefined {
  const all = Object.entries(publicPaths).flatMap(([name, paths]) => paths.map((one) => ({ name, ...one })));
  const fits = ({ type, value }: PublicPath) =>
    path === value || (type === 'Prefix' && path.startsWith(`${value}/`));
  const rank = ({ type, value }: PublicPath) => (type === 'Exact' ? Infinity : value.length);
  return all.filter(fits).sort((one, other) => rank(other) - rank(one))[0]?.name;
}

describe.skipIf(missing)(`with the variables of its pod${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test('each service of dev starts, and a connection is admitted', async () => {
    const stack = await startPods('dev');
    await expectAdmission(stack);

    for (const name of serviceNames) {
      const document = await fetch(`${stack.services[name].url}/openapi.json`);
      const { paths } = (await document.json()) as { paths: object };
      const isInternal = (path: string) => /^\/(healthz|readyz|openapi\.json)$/.test(path);
      for (const path of Object.keys(paths))
        expect({ path, target: targetOf(path) }).toEqual({
          path,
          target: isInternal(path) ? undefined : name,
        });
    }
  });

  test('each service of production is ready, warns of nothing, and ends well on SIGTERM', async () => {
    // The engine of the tests is one server, which has no replicas.
    const stack = await startPods('production', { NATS_STREAM_REPLICAS: '1' });
    const ended = await Promise.all(
      serviceNames.map(async (name: ServiceName) => {
        const service = stack.services[name];
        const warnings = service
          .lines()
          .filter(({ severity }) => severity !== 'INFO' && severity !== 'DEBUG');
        return { name, warnings, code: await service.stop() };
      }),
    );
    expect(ended).toEqual(serviceNames.map((name) => ({ name, warnings: [], code: 0 })));
  });
});
