import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { retiredTerms, retiredTermsIn } from './vocabulary.ts';

const root = join(import.meta.dirname, '..', '..');

const sources = ['libs', 'services'].flatMap((workspace) =>
  readdirSync(join(root, workspace)).map((name) => join(workspace, name)),
);

/** Product code below a folder: no tests, fixtures, build output or rules of alerts. */
function codeIn(folder: string): readonly string[] {
  return filesIn(folder, /\.(ts|tsx|mjs|js|css|html|conf|yaml|yml)$/).filter(
    // Rules of alerts have the label of a metric, `fault`.
    (file) => !/\.(test|fixture)\.tsx?$|-rules?\.yaml$/.test(file),
  );
}

function filesIn(folder: string, name: RegExp): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file) && !/(^|\/)(node_modules|dist)\//.test(file))
    .map((file) => join(folder, file));
}

function expectNoHits(files: readonly string[]): void {
  const hits = files.flatMap((file) =>
    retiredTermsIn(readFileSync(join(root, file), 'utf8')).map((hit) => `${file}:${hit}`),
  );
  expect(hits).toEqual([]);
}

describe('retired words', () => {
  const pages = [
    ...readdirSync(root).filter((file) => file.endsWith('.md')),
    ...['docs', 'examples', 'libs', 'services', 'deploy', 'observability'].flatMap((folder) =>
      filesIn(folder, /\.md$/),
    ),
  ];

  test.each(pages)('are not in %s', (page) => {
    expectNoHits([page]);
  });

  test.each([...sources, 'examples', 'scripts', 'deploy'])('are not in the code of %s', (folder) => {
    expectNoHits(codeIn(folder));
  });

  test('are found', () => {
    for (const text of ['the audit trail', 'isRefused', 'in an envelope of its own', 'configFaults'])
      expect(retiredTermsIn(text)).toHaveLength(1);
    for (const text of ['trailing', 'ECONNREFUSED', 'the default', 'test/faults'])
      expect(retiredTermsIn(text)).toEqual([]);
    expect(retiredTerms.length).toBeGreaterThan(30);
  });
});
