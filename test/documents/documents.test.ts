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
    ...['adapter-nats', 'cli', 'client', 'core', 'gate', 'ticket-client'].map((name) =>
      join('libs', name, 'README.md'),
    ),
  ];

  test.each(pages)('in %s', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)].map(([, file = '', heading]) => ({
      file: file === '' ? page : join(dirname(page), file),
      heading,
    }));
    expect(links.filter(({ file }) => !existsSync(join(root, file)))).toEqual([]);
    expect(links.filter(({ file, heading }) => heading && !anchorsOf(file).includes(heading))).toEqual([]);
  });
});

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The anchors of the headings of a page, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
