import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { temporaryDirectory } from '@admit-one/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type KubernetesObject, NAMESPACE } from '../../deploy/kubernetes/src/manifest.ts';
import { objectsOf } from '../../deploy/kubernetes/src/manifests.ts';
import { type OverlayName, overlays } from '../../deploy/kubernetes/src/overlays.ts';
import { helm, kubectl, missingTools, root } from './tools.ts';

const missing = missingTools();
const names = Object.keys(overlays) as OverlayName[];
const CHART = 'deploy/helm/admit-one';

/** Objects by kind and name. Lists whose elements have names are in order: kustomize puts a patched element elsewhere. */
function byName(objects: readonly unknown[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (objects as readonly KubernetesObject[])
      .filter((object) => object !== null)
      .map((object) => [`${object.kind} ${object.metadata?.name}`, inOrder(object)]),
  );
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const elements = value.map(inOrder);
    const isNamed = elements.every((one) => typeof one === 'object' && one !== null && 'name' in one);
    return isNamed
      ? elements.sort((one, other) => String(one.name).localeCompare(String(other.name)))
      : elements;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inOrder(member)]));
}

function documentsOf(yaml: string) {
  return byName(parseAllDocuments(yaml).map((document) => document.toJS()));
}

const helmTemplate = (...args: readonly string[]) =>
  helm('template', 'admit-one', CHART, '--namespace', NAMESPACE, ...args);

describe.skipIf(missing)(`what is rendered${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test.each(names)('of %s is the same by kustomize, by helm and by the source', async (name) => {
    const [kustomized, templated] = await Promise.all([
      kubectl('kustomize', `deploy/kubernetes/overlays/${name}`),
      helmTemplate('--values', `${CHART}/values-${name}.yaml`),
    ]);
    const expected = byName(objectsOf(overlays[name], { namespace: NAMESPACE }));
    expect(documentsOf(kustomized)).toEqual(expected);
    expect(documentsOf(templated)).toEqual(expected);
  });

  test('of an overlay of the operator has their namespace, image and variables', async () => {
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const own = join(directory.path, 'own');
    await mkdir(own);
    await writeFile(
      join(own, 'kustomization.yaml'),
      `namespace: chat
resources: [${relative(own, join(root, 'deploy/kubernetes/overlays/production'))}]
images:
  - name: registry.example.com/admit-one/ws-edge
    newName: registry.example.org/ws-edge
    newTag: v2
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: ws-edge }
      spec:
        template:
          spec:
            containers:
              - name: ws-edge
                env: [{ name: ROUTES, value: "default=bridge,chat=bridge" }]
`,
    );
    const kustomized = await kubectl('kustomize', own);
    const templated = await helm(
      ...[
        'template',
        'admit-one',
        CHART,
        '--namespace',
        'chat',
        '--values',
        `${CHART}/values-production.yaml`,
      ],
      ...['--set-string', 'wsEdge.env.ROUTES=default=bridge\\,chat=bridge'],
    );
    const files = await helmTemplate(
      ...['--set-json', 'wsEdge.volumes=[{"name":"ca","secret":{"secretName":"ca"}}]'],
      ...['--set-json', 'wsEdge.volumeMounts=[{"name":"ca","mountPath":"/ca"}]'],
    );
    expect(documentsOf(files)['Deployment ws-edge']).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [{ volumeMounts: [{ name: 'ca', mountPath: '/ca' }] }],
            volumes: [{ name: 'ca', secret: { secretName: 'ca' } }],
          },
        },
      },
    });
    const edgeOf = (yaml: string) => documentsOf(yaml)['Deployment ws-edge'];
    const [edge, ofHelm] = [edgeOf(kustomized), edgeOf(templated)];
    expect(edge).toMatchObject({ metadata: { namespace: 'chat' } });
    expect(JSON.stringify(edge)).toContain('"image":"registry.example.org/ws-edge:v2"');
    expect(JSON.stringify(edge)).toContain('{"name":"ROUTES","value":"default=bridge,chat=bridge"}');
    expect(JSON.parse(JSON.stringify(edge).replace(/registry[^"]*/, ''))).toEqual(
      JSON.parse(JSON.stringify(ofHelm).replace(/registry[^"]*/, '')),
    );
  });

  test('by helm is nothing where a value or a variable is misspelled, or a policy would admit everybody', async () => {
    await expect(helm('lint', CHART, '--strict')).resolves.toContain('0 chart(s) failed');
    for (const [value, problem] of [
      ['wsEdge.maxReplcas=3', 'maxReplcas'],
      ['wsEdge.env.ROUTS=default=echo', 'ROUTS'],
      ['auditService.env.ROUTES=default=echo', 'ROUTES'],
    ] as const)
      await expect(helmTemplate('--set-string', value), value).rejects.toThrow(problem);
    await expect(helmTemplate('--set-json', 'networkPolicy.proxies=[]')).rejects.toThrow('proxies');
  });
});
