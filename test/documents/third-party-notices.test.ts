import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** esbuild begins each file of a bundle with a comment that has its path. */
const BUNDLED = /^\s*\/\/ .*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm;

test.each([
  'services/ticket-service',
  'services/ws-edge',
  'services/audit-service',
  'services/standalone',
  'libs/cli',
])('the bundle of %s has the licence of each of its packages beside it', async (folder) => {
  const [bundle, notices] = await Promise.all(
    ['main.js', 'THIRD-PARTY-NOTICES.txt'].map((file) => readFile(`${root}/${folder}/dist/${file}`, 'utf8')),
  );
  const packages = [...new Set([...(bundle ?? '').matchAll(BUNDLED)].map(([, name]) => name))];
  expect(packages.length).toBeGreaterThan(10);
  const named = [...(notices ?? '').matchAll(/^(\S+) \d+\.\d+\.\d+\S* \(.+\)$/gm)].map(([, name]) => name);
  expect(packages.filter((name) => !named.includes(name))).toEqual([]);
  expect(notices).toMatch(/Permission is hereby granted/);
});
