import { describe, expect, test } from 'vitest';
import { type KubernetesObject, NAMESPACE } from '../../deploy/kubernetes/src/manifest.ts';
import { objectsOf } from '../../deploy/kubernetes/src/manifests.ts';
import { namespace } from '../../deploy/kubernetes/src/namespace.ts';
import { overlays } from '../../deploy/kubernetes/src/overlays.ts';
import { modelOf, moduleOf } from './models.ts';
import { typeErrors } from './strict-types.ts';

/** Every object that an overlay has, once. `rendered.test.ts` proves that kustomize and helm render these. */
const objects = [
  namespace(),
  ...new Map(
    Object.values(overlays)
      .flatMap((settings) => objectsOf(settings, { namespace: NAMESPACE }))
      .map((object) => [JSON.stringify(object), object]),
  ).values(),
];
const withModel = objects.filter((object) => moduleOf(object) !== undefined);

/** Members whose names are the writer's. */
const FREE = new Set([
  ...['labels', 'matchLabels', 'limits', 'requests', 'annotations'],
  // Of a Service; and of a trigger of KEDA, whose names depend on its type.
  ...['selector', 'triggers.metadata'],
]);

interface Typo {
  /** The place of the unknown member, without positions in lists. */
  readonly path: string;
  readonly object: KubernetesObject;
}

/** Copies of an object that each have an unknown member, in every place that can have one. */
function typosOf(object: KubernetesObject): readonly Typo[] {
  const paths = placesIn(object, []).filter((path) => !isFree(object, path));
  return paths.map((path) => {
    const copy = structuredClone(object);
    Object.assign(at(copy, path), { typo: 1 });
    return {
      path: [object.kind, ...path.filter((step) => Number.isNaN(Number(step)))].join('.'),
      object: copy,
    };
  });
}

function placesIn(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, member]) => placesIn(member, [...path, name]));
  return Array.isArray(value) ? inner : [path, ...inner];
}

function isFree(object: KubernetesObject, path: readonly string[]): boolean {
  const names = path.filter((step) => Number.isNaN(Number(step)));
  const [name = '', parent = ''] = names.toReversed();
  if (name === 'selector') return object.kind === 'Service';
  return FREE.has(name) || FREE.has(`${parent}.${name}`);
}

function at(object: object, path: readonly string[]): object {
  return path.reduce((value, step) => (value as Record<string, object>)[step] as object, object);
}

describe('every manifest', () => {
  test.each(withModel.map((object) => [`${object.kind} ${object.metadata?.name}`, object] as const))(
    '%s keeps the schema of its kind, which refuses a wrong type',
    async (_, object) => {
      const model = await modelOf(object);
      expect(() => model.validate()).not.toThrow();
      const wrong = await modelOf({
        ...object,
        spec: 'text',
        metadata: 'text',
      } as unknown as KubernetesObject);
      expect(() => wrong.validate()).toThrow();
    },
  );

  test('has no member that its kind does not have; one more is noticed at any place', () => {
    const typos = [...new Map(withModel.flatMap(typosOf).map((typo) => [typo.path, typo])).values()];
    const errors = typeErrors([...withModel, ...typos.map(({ object }) => object)]);
    const unexpected = withModel.flatMap((object, n) =>
      errors.has(n) ? [`${object.kind} ${object.metadata?.name}: ${errors.get(n)}`] : [],
    );
    expect(unexpected).toEqual([]);
    const unnoticed = typos.filter((_, n) => !errors.has(withModel.length + n)).map(({ path }) => path);
    expect(unnoticed).toEqual([]);
    for (const { kind } of withModel)
      expect(
        typos.filter(({ path }) => path === kind),
        kind,
      ).toHaveLength(1);
  });

  test('without a model is of managed Prometheus', () => {
    const others = objects.filter((object) => moduleOf(object) === undefined);
    expect(others.map(({ kind }) => kind).sort()).toEqual(['PodMonitoring', 'Rules']);
  });
});
