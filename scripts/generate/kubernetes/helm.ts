import { Document, isMap, isScalar } from 'yaml';
import { descriptions } from '../../../deploy/kubernetes/src/descriptions.ts';
import type { Manifest } from '../../../deploy/kubernetes/src/manifest.ts';
import { manifests, written } from '../../../deploy/kubernetes/src/manifests.ts';
import { defaults, overlays } from '../../../deploy/kubernetes/src/overlays.ts';
import { freeForm, type Settings } from '../../../deploy/kubernetes/src/settings.ts';
import { placeholder } from '../../../deploy/kubernetes/src/values.ts';
import manifest from '../../../package.json' with { type: 'json' };
import type { GeneratedFile } from '../generated-files.ts';
import { difference } from './difference.ts';
import { templateOf } from './template.ts';
import { valuesSchema } from './values-schema.ts';
import { GENERATED, toYaml, yamlFile } from './yaml.ts';

const FOLDER = 'deploy/helm/admit-one';

/** Objects whose settings are placeholders. */
const all = manifests(placeholders(defaults, '') as Settings, {
  namespace: placeholder('release', 'Namespace'),
});
const files = [...new Set(all.map(({ file }) => file))];

/** A Helm chart with the same objects, and a file of values for each overlay. */
export const helmFiles: readonly GeneratedFile[] = [
  generated('Chart.yaml', () =>
    yamlFile({
      apiVersion: 'v2',
      name: 'admit-one',
      description:
        'Single-use tickets that let a browser open a WebSocket, with an audit log of every one of them',
      type: 'application',
      version: manifest.version,
      appVersion: manifest.version,
      kubeVersion: '>=1.30.0-0',
    }),
  ),
  generated('values.yaml', () => GENERATED + describedValues()),
  generated('values.schema.json', () => `${JSON.stringify(valuesSchema(), null, 2)}\n`),
  ...Object.entries(overlays).map(([name, settings]) =>
    generated(`values-${name}.yaml`, () =>
      yamlFile(difference({ ...defaults }, { ...settings }, { mergesLists: false }) ?? {}),
    ),
  ),
  ...files.map((file) =>
    generated(`templates/${file}.yaml`, () =>
      all.filter((one) => one.file === file).reduce((text, one) => text + documentOf(one), GENERATED),
    ),
  ),
];

/** The values with their descriptions as comments. */
function describedValues(): string {
  const document = new Document(defaults, { aliasDuplicateObjects: false });
  for (const [path, text] of Object.entries(descriptions)) {
    const names = path.split('.');
    const parent = names.length === 1 ? document.contents : document.getIn(names.slice(0, -1), true);
    const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === names.at(-1)) : undefined;
    if (!isScalar(pair?.key)) throw new Error(`${path} is described, and is not a value of the chart`);
    pair.key.commentBefore = ` ${text}`;
  }
  return document.toString({ lineWidth: 0 });
}

function documentOf({ object, when, unless }: Manifest): string {
  const template = `---\n${templateOf(toYaml(written(object)))}`;
  if (when) return `{{- if .Values.${when}.enabled }}\n${template}{{- end }}\n`;
  if (unless) return `{{- if not .Values.${unless}.enabled }}\n${template}{{- end }}\n`;
  return template;
}

function placeholders(value: unknown, path: string): unknown {
  const name = path.split('.').at(-1) ?? '';
  if (typeof value === 'number') return placeholder('number', path);
  if (typeof value !== 'object' || value === null) return placeholder('text', path);
  if (Array.isArray(value) || freeForm.has(name)) return placeholder('block', path);
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [
      member,
      placeholders(inner, path === '' ? member : `${path}.${member}`),
    ]),
  );
}

function generated(file: string, render: () => string): GeneratedFile {
  return { file: `${FOLDER}/${file}`, render };
}
