import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What the sources of a package may import of ours. Tests may use the testkit, the contracts and any adapter too. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  sockets: [],
  text: [],
  'adapter-memory': ['core'],
  'adapter-nats': ['core', 'sockets'],
  'adapter-postgres': ['core'],
  'adapter-redis': ['core', 'sockets'],
  client: [],
  demo: ['client'],
  // Types, and doors that import nothing of Node: what runs on Node cannot be bundled for a browser.
  console: ['core', 'core/reasons', 'text/duration-text', 'audit-service/api-types'],
  'ticket-client': ['core', 'text'],
  gate: ['core', 'ticket-client', 'text'],
  identity: ['core', 'text'],
  runtime: ['core', 'config', 'identity', 'text'],
  observability: ['core', 'runtime'],
  contracts: ['core'],
  kit: ['core'],
  cli: ['core', 'client', 'identity', 'diagnostics', 'runtime/telemetry', 'seals', 'text'],
  config: ['core', 'identity', 'gate', 'seals'],
  seals: ['core'],
  diagnostics: ['core', 'config', 'identity', 'adapter-nats', 'adapter-postgres', 'adapter-redis'],
  'ticket-service': ['core', 'config', 'runtime', 'identity', 'gate', 'ticket-client', 'text'],
  'ws-edge': ['core', 'config', 'runtime', 'identity', 'gate', 'ticket-client', 'text'],
  'audit-service': [
    'core',
    'config',
    'runtime',
    'identity',
    'ticket-client',
    'text',
    'observability',
    'seals',
  ],
  standalone: [
    ...['core', 'config', 'runtime', 'identity', 'ticket-client', 'seals'],
    ...['ticket-service', 'ws-edge', 'audit-service'],
  ],
  ws: ['gate', 'ticket-client', 'adapter-nats'],
  'fastify-websocket': ['gate', 'ticket-client', 'adapter-nats'],
  'socket.io': ['gate', 'ticket-client', 'adapter-nats'],
  'graphql-ws': ['gate', 'ticket-client', 'adapter-nats'],
  'multi-pass': ['gate', 'ticket-client', 'adapter-nats'],
};

/** Packages for tests alone: all that they import is for development, so that `npm start` need not install it. */
const forTests: ReadonlySet<string> = new Set(['contracts', 'kit']);

/** Other files that may name adapters. */
const WIRING = 'app.ts';

interface Source {
  readonly name: string;
  readonly file: string;
  readonly imports: readonly string[];
}

interface Package {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  readonly sources: readonly Source[];
}

function readPackage(folder: string): Package {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const files = readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' });
  return {
    name: basename(folder),
    dependencies: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    sources: files
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => ({
        name: basename(file),
        file: join(folder, 'src', file),
        imports: importsOf(join(root, folder, 'src', file)),
      })),
  };
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g)].map(
    ([, specifier]) => specifier ?? '',
  );
}

function isOfTests({ name }: Source): boolean {
  return /\.(test|fixture)\.ts$/.test(name);
}

/** The package that a specifier names: `ws` of `ws/lib/sender.js`, `@a/b` of `@a/b/c`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

const folders = ['libs', 'services', 'examples'].flatMap((workspace) =>
  readdirSync(join(root, workspace), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(workspace, name)),
);
const pages = ['services/standalone/demo', 'services/audit-service/console'];
const packages = [...folders, 'observability', ...pages, 'test/kit', 'test/contracts'].map(readPackage);

describe('imports point one way', () => {
  test('every package has its row in the table', () => {
    expect(packages.map(({ name }) => name).sort()).toEqual(Object.keys(allowed).sort());
  });

  test.each(packages)('$name', ({ name, sources }) => {
    const violations = sources
      .filter((source) => !isOfTests(source))
      .flatMap(({ name: file, file: path, imports }) =>
        imports
          .filter((specifier) => specifier.startsWith('@admit-one/'))
          .map((specifier) => specifier.slice('@admit-one/'.length))
          .filter((imported) => !(allowed[name] ?? []).includes(imported))
          .filter((imported) => !(file === WIRING && imported.startsWith('adapter-')))
          .map((imported) => `${path} imports ${imported}`),
      );
    expect(violations).toEqual([]);
  });
});

describe('what is imported is declared', () => {
  test.each(packages)('$name', ({ name, dependencies, devDependencies, sources }) => {
    const declaredForTests = new Set([...dependencies, ...devDependencies, 'vitest', 'fast-check']);
    const violations = sources.flatMap((source) => {
      const declared = isOfTests(source) || forTests.has(name) ? declaredForTests : new Set(dependencies);
      return source.imports
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .filter((specifier) => !declared.has(packageOf(specifier)))
        .map((specifier) => `${source.file} imports ${specifier}`);
    });
    expect(violations).toEqual([]);
  });

  test.each(packages)('$name imports all that it declares', ({ dependencies, sources }) => {
    const imported = new Set(sources.flatMap(({ imports }) => imports.map(packageOf)));
    expect(dependencies.filter((name) => !imported.has(name) && !name.startsWith('@types/'))).toEqual([]);
  });
});

describe('the files of a package import each other without a cycle, types included', () => {
  test.each(packages)('$name', ({ sources }) => {
    expect(cycleIn(sources.filter((source) => !isOfTests(source)))).toEqual([]);
  });
});

/** The files of one cycle of relative imports, in order; empty if there is no cycle. */
function cycleIn(sources: readonly Source[]): readonly string[] {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const finished = new Set<string>();

  function visit(file: string, path: readonly string[]): readonly string[] {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return [];
    const relative = (byFile.get(file)?.imports ?? []).filter((specifier) => specifier.startsWith('.'));
    for (const specifier of relative) {
      const cycle = visit(normalize(join(dirname(file), specifier)), [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    finished.add(file);
    return [];
  }

  for (const { file } of sources) {
    const cycle = visit(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

describe('the core is pure', () => {
  const stateMachine = packages
    .flatMap(({ name, sources }) => (name === 'core' ? sources : []))
    .filter((source) => source.file.includes(join('src', 'ticket')) && !isOfTests(source));

  test.each(stateMachine.filter(({ name }) => name !== 'identifiers.ts'))(
    '$name imports no platform',
    (source) => {
      expect(source.imports.filter((specifier) => !specifier.startsWith('.'))).toEqual([]);
    },
  );

  test('the core depends on nothing', () => {
    expect(packages.find(({ name }) => name === 'core')?.dependencies).toEqual([]);
  });
});

describe('the environment is read in one place', () => {
  const readers = packages.flatMap(({ sources }) =>
    sources.filter(
      (source) => !isOfTests(source) && /process\.env\b/.test(readFileSync(join(root, source.file), 'utf8')),
    ),
  );

  test('only a main.ts names process.env, and what looks for programs on the PATH', () => {
    const violations = readers.map(({ file }) => file).filter((file) => basename(file) !== 'main.ts');
    expect(violations).toEqual([join('test', 'kit', 'src', 'engines', 'programs.ts')]);
  });
});
