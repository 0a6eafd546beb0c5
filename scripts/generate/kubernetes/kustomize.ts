import { type KubernetesObject, type Manifest, NAMESPACE } from '../../../deploy/kubernetes/src/manifest.ts';
import { isPartOf, manifests, written } from '../../../deploy/kubernetes/src/manifests.ts';
import { defaults, overlays } from '../../../deploy/kubernetes/src/overlays.ts';
import { type Feature, features, type Settings } from '../../../deploy/kubernetes/src/settings.ts';
import type { GeneratedFile } from '../generated-files.ts';
import { difference } from './difference.ts';
import { yamlFile } from './yaml.ts';

const FOLDER = 'deploy/kubernetes';
const installation = { namespace: undefined };
const all = manifests(defaults, installation);

/** The base, a component for each feature, and the overlays. */
export const kustomizeFiles: readonly GeneratedFile[] = [
  ...folder(
    'base',
    all.filter(({ when }) => when === undefined),
    { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' },
  ),
  ...features.flatMap((feature) =>
    folder(
      `components/${folderOf(feature)}`,
      all.filter(({ when }) => when === feature),
      {
        apiVersion: 'kustomize.config.k8s.io/v1alpha1',
        kind: 'Component',
        ...removals(all.filter(({ unless }) => unless === feature)),
      },
    ),
  ),
  ...Object.entries(overlays).flatMap(([name, settings]) => overlay(name, settings)),
];

function folder(name: string, content: readonly Manifest[], kustomization: object): readonly GeneratedFile[] {
  const files = [...new Set(content.map(({ file }) => file))];
  return [
    generated(`${name}/kustomization.yaml`, () =>
      yamlFile({ ...kustomization, resources: files.map((file) => `${file}.yaml`) }),
    ),
    ...files.map((file) =>
      generated(`${name}/${file}.yaml`, () =>
        yamlFile(
          ...content.filter((manifest) => manifest.file === file).map(({ object }) => written(object)),
        ),
      ),
    ),
  ];
}

/** A kustomization's patches that remove what a feature replaces. */
function removals(content: readonly Manifest[]) {
  if (content.length === 0) return {};
  return { patches: content.map(({ object }) => ({ patch: JSON.stringify(removal(object)) })) };
}

function removal({ apiVersion, kind, metadata }: KubernetesObject) {
  return { apiVersion, kind, metadata: { name: metadata?.name }, $patch: 'delete' };
}

function overlay(name: string, settings: Settings): readonly GeneratedFile[] {
  const patches = patchesFor(settings);
  return [
    generated(`overlays/${name}/kustomization.yaml`, () =>
      yamlFile({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        namespace: NAMESPACE,
        resources: ['../../base'],
        components: features
          .filter((feature) => settings[feature].enabled)
          .map((feature) => `../../components/${folderOf(feature)}`),
        patches: patches.map(({ file }) => ({ path: file })),
      }),
    ),
    ...patches.map(({ file, patch }) => generated(`overlays/${name}/${file}`, () => yamlFile(patch))),
  ];
}

/** What an overlay changes in objects of the base and of components: a file for each. */
function patchesFor(settings: Settings): readonly { readonly file: string; readonly patch: object }[] {
  return manifests(settings, installation).flatMap((manifest, at) => {
    const before = all[at]?.object;
    if (!before || !isPartOf(settings, manifest)) return [];
    const { apiVersion, kind, metadata } = manifest.object;
    const patch = difference(
      { ...written(before) },
      { ...written(manifest.object) },
      {
        mergesLists: isBuiltIn(apiVersion),
      },
    );
    if (!patch) return [];
    const name = metadata?.name ?? '';
    const file = `${name}-${kind.toLowerCase()}.yaml`;
    return [{ file, patch: { apiVersion, kind, metadata: { name }, ...patch } }];
  });
}

/** Kustomize knows how the lists of these kinds are merged. */
function isBuiltIn(apiVersion: string): boolean {
  const [group = ''] = apiVersion.split('/');
  return !group.includes('.') || group === 'networking.k8s.io';
}

function folderOf(feature: Feature): string {
  return feature.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function generated(file: string, render: () => string): GeneratedFile {
  return { file: `${FOLDER}/${file}`, render };
}
