import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { between } from './between.ts';
import { renderAsyncApi, renderEventsPage } from './event-documents.ts';
import { configurationTable, reasonsPage } from './tables.ts';

const root = join(import.meta.dirname, '..', '..');

describe('generated parts match the code; `npm run docs` writes them again', () => {
  test('the configuration in README.md', async () => {
    const file = join(root, 'README.md');
    const text = between(readFileSync(file, 'utf8'), 'configuration', configurationTable());
    await expect(text).toMatchFileSnapshot(file);
  });

  test('docs/reasons.md', async () => {
    await expect(reasonsPage()).toMatchFileSnapshot(join(root, 'docs', 'reasons.md'));
  });

  test('docs/events.md', async () => {
    await expect(renderEventsPage()).toMatchFileSnapshot(join(root, 'docs', 'events.md'));
  });

  test('docs/asyncapi.json', async () => {
    await expect(renderAsyncApi()).toMatchFileSnapshot(join(root, 'docs', 'asyncapi.json'));
  });
});

describe('links lead somewhere', () => {
  const pages = [
    ...readdirSync(root).filter((file) => file.endsWith('.md')),
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => join('docs', file)),
    ...readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('README.md') && !file.includes('node_modules'))
      .map((file) => join('examples', file)),
    join('libs', 'client', 'README.md'),
    join('libs', 'gate', 'README.md'),
  ];

  test.each(pages)('in %s', (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? '');
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });
});
