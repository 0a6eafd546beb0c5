import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

describe('links lead somewhere', () => {
  const pages = [
    ...readdirSync(root).filter((file) => file.endsWith('.md')),
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => join('docs', file)),
    ...readdirSync(join(root, 'observability', 'runbooks')).map((file) =>
      join('observability', 'runbooks', file),
    ),
    ...readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('README.md') && !file.includes('node_modules'))
      .map((file) => join('examples', file)),
    ...['adapter-nats', 'cli', 'client', 'core', 'gate'].map((name) => join('libs', name, 'README.md')),
  ];

  test.each(pages)('in %s', (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? '');
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });
});
