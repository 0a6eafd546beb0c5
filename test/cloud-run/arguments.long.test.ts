import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Block, readTerraform, root } from './terraform.ts';

type Type =
  | 'string'
  | 'number'
  | 'boolean'
  | 'any'
  | { readonly array: Type }
  | { readonly map: Type }
  | { readonly block: string };

interface Schema {
  readonly resources: Readonly<Record<string, Type>>;
  readonly types: Readonly<
    Record<string, Readonly<Record<string, { readonly type: Type; readonly required: boolean }>>>
  >;
}

const file = join(root, 'node_modules/.admit-one/google-provider.json');
const missing = existsSync(file)
  ? undefined
  : 'the schema is not there: node scripts/install-terraform-schema.mjs';
if (missing && process.env.CI === 'true') throw new Error(missing);
const schema: Schema = missing ? { resources: {}, types: {} } : JSON.parse(readFileSync(file, 'utf8'));

/** Of Terraform, in every resource. */
const META = new Set(['for_each', 'count', 'provider', 'lifecycle', 'depends_on']);

/** What is wrong with a value, each with its place. */
function problems(value: unknown, type: Type, place: string): readonly string[] {
  if (typeof value === 'string' && value.includes('${')) return [];
  if (type === 'any') return [];
  if (typeof type === 'string') {
    const fits = typeof value === type || (type === 'string' && typeof value === 'number');
    return fits ? [] : [`${place}: is not a ${type}`];
  }
  if ('map' in type) {
    return Object.entries(value as Block).flatMap(([name, one]) =>
      problems(one, type.map, `${place}.${name}`),
    );
  }
  if ('array' in type) {
    if (!Array.isArray(value)) return [`${place}: is not a list`];
    return value.flatMap((one) => problems(one, type.array, place));
  }
  const blocks = Array.isArray(value) ? value : [value];
  return blocks.flatMap((block) => problemsOfBlock(block as Block, type.block, place));
}

function problemsOfBlock(block: Block, typeName: string, place: string): readonly string[] {
  const known = schema.types[typeName] ?? {};
  const { dynamic = {}, ...own } = block as { readonly dynamic?: Readonly<Record<string, readonly Block[]>> };
  const contents = Object.entries(dynamic).flatMap(([name, blocks]) =>
    blocks.flatMap(({ content }) => (content as readonly Block[]).map((one) => [name, [one]] as const)),
  );
  const given = [...Object.entries(own), ...contents];
  const names = new Set(given.map(([name]) => name));
  return [
    ...Object.entries(known)
      .filter(([name, { required }]) => required && !names.has(name))
      .map(([name]) => `${place}: has no ${name}`),
    ...given.flatMap(([name, value]) => {
      const type = known[name]?.type;
      return type ? problems(value, type, `${place}.${name}`) : [`${place}.${name}: is not an argument`];
    }),
  ];
}

function problemsOfResource(type: string, name: string, block: Block): readonly string[] {
  const meta = Object.keys(block).filter((one) => META.has(one));
  const own = Object.fromEntries(Object.entries(block).filter(([one]) => !meta.includes(one)));
  return problems(own, schema.resources[type] ?? 'any', `${type}.${name}`);
}

/** Copies of a resource that each have one unknown argument more: in the resource, and in each block of it. */
function typosOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((one, at) => typosOf(one).map((typo) => value.with(at, typo)));
  }
  if (typeof value !== 'object' || value === null) return [];
  const inBlocks = Object.entries(value)
    .filter(([, member]) => Array.isArray(member))
    .flatMap(([name, member]) => typosOf(member).map((typo) => ({ ...value, [name]: typo })));
  return [{ ...value, typo: 1 }, ...inBlocks];
}

describe.skipIf(missing)(`the resources of Terraform${missing ? ` (skipped: ${missing})` : ''}`, async () => {
  const terraform = await readTerraform();
  const alerts = JSON.parse(
    readFileSync(join(root, 'observability/cloud-monitoring/alert-policies.tf.json'), 'utf8'),
  ) as { readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>> };
  const resources = [
    ...Object.entries(terraform.resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, [block = {}]]) => ({ type, name, block })),
    ),
    ...Object.entries(alerts.resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, block]) => ({ type, name, block })),
    ),
  ];

  test.each(resources)(
    '$type $name has arguments that Google knows, and all that it needs',
    ({ type, name, block }) => {
      expect(Object.keys(schema.resources)).toContain(type);
      expect(problemsOfResource(type, name, block)).toEqual([]);
      const typos = typosOf(block) as readonly Block[];
      expect(typos.length).toBeGreaterThan(0);
      for (const typo of typos) expect(problemsOfResource(type, name, typo)).toHaveLength(1);
    },
  );

  test('a backend of Cloud Run without its group, or with text for a number, is noticed', () => {
    const [block = {}] = terraform.resource.google_compute_backend_service?.admit ?? [];
    const type = 'google_compute_backend_service';
    expect(problemsOfResource(type, 'admit', { ...block, backend: [{}] })).toHaveLength(1);
    expect(problemsOfResource(type, 'admit', { ...block, timeout_sec: 'long' })).toHaveLength(1);
  });
});
