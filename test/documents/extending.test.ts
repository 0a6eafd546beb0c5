import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'extending.md'), 'utf8');
const recipes = page.split('\n## ').slice(1);

describe('docs/extending.md', () => {
  test('names only files that exist, or that the recipe makes', () => {
    const paths = [
      ...page.matchAll(/`((?:libs|services|test|docs|examples|observability)\/[\w./-]+)`( \(new\))?/g),
    ];
    const missing = paths.filter(([, path = '', isNew]) => !isNew && !existsSync(join(root, path)));
    expect(missing.map(([, path]) => path)).toEqual([]);
    expect(paths.length).toBeGreaterThan(20);
  });

  test.each(recipes)('takes at most six files: %s', (recipe) => {
    const rows = recipe
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(2);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThanOrEqual(6);
  });

  test('has the six recipes', () => {
    expect(recipes.map((recipe) => recipe.split('\n')[0])).toEqual([
      'Add a reason',
      'Add an event type',
      'Add a route kind',
      'Add a store adapter',
      'Add a limit',
      'Add an alert',
    ]);
  });
});
