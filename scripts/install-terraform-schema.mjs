// Sees to it that the tests find the arguments of the resources in deploy/cloud-run: takes them out of the package that has
// those of Google's provider for Terraform, which is too large to keep.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, step } from './step.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = '@cdktf/provider-google@16.12.1';
const schemaFile = join(root, 'node_modules/.admit-one/google-provider.json');

/** The names of the resources that the files use. */
function resourceNames() {
  const folder = join(root, 'deploy/cloud-run');
  const text = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const alerts = 'google_monitoring_alert_policy';
  return new Set([...text.join('').matchAll(/^resource "(\w+)"/gm)].map(([, name]) => name).concat(alerts));
}

/** The arguments of the resources, and of the blocks in them: by name. */
function distilled({ types, name: provider }) {
  const kept = {};
  const keep = (type) => {
    if (type.primitive) return type.primitive;
    if (type.collection) return { [type.collection.kind]: keep(type.collection.elementtype) };
    if (type.union) return keep(type.union.types.find(({ fqn }) => fqn !== 'cdktf.IResolvable'));
    if (!types[type.fqn]) return 'any';
    if (!kept[type.fqn]) {
      kept[type.fqn] = {};
      for (const { name, optional, type: inner } of types[type.fqn].properties ?? [])
        kept[type.fqn][snakeCase(name)] = { type: keep(inner), required: !optional };
    }
    return { block: type.fqn };
  };
  const resources = [...resourceNames()].map((name) => {
    const [first, ...rest] = name.replace(/^google_/, '').split('_');
    const pascal = [first, ...rest].map((word) => word[0].toUpperCase() + word.slice(1)).join('');
    const namespace = pascal[0].toLowerCase() + pascal.slice(1);
    return [name, keep({ fqn: `${provider}.${namespace}.${pascal}Config` })];
  });
  return { package: PACKAGE, resources: Object.fromEntries(resources), types: kept };
}

function snakeCase(name) {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function install() {
  const folder = mkdtempSync(join(tmpdir(), 'admit-one-terraform-'));
  try {
    run('npm', ['pack', PACKAGE, '--pack-destination', folder, '--loglevel=error']);
    const [archive] = readdirSync(folder);
    run('tar', ['-xzf', join(folder, archive), '-C', folder, 'package/.jsii']);
    const schema = distilled(JSON.parse(readFileSync(join(folder, 'package/.jsii'), 'utf8')));
    mkdirSync(dirname(schemaFile), { recursive: true });
    writeFileSync(schemaFile, JSON.stringify(schema));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isComplete() {
  if (!existsSync(schemaFile)) return false;
  const { package: from, resources } = JSON.parse(readFileSync(schemaFile, 'utf8'));
  return from === PACKAGE && [...resourceNames()].every((name) => name in resources);
}

if (!isComplete()) await step(`Installing the schema of ${PACKAGE}`, install);
