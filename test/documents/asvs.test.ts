import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'asvs.md'), 'utf8');

/** How many requirements each section of the standard's version 5.0.0 has. */
const sections = {
  '4.4': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 3,
  '7.6': 2,
  '9.1': 3,
  '9.2': 4,
  '14.2': 1,
  '16.1': 1,
  '16.2': 5,
  '16.3': 4,
  '16.4': 3,
  '16.5': 4,
};

interface Row {
  readonly id: string;
  readonly met: string;
  readonly how: string;
  readonly tests: readonly (readonly [file: string, title: string])[];
}

const rows: readonly Row[] = [...page.matchAll(/^\| (\d.*) \|$/gm)].map(([, line = '']) => {
  const [id = '', , met = '', how = '', named = ''] = line.split(' | ');
  const tests = [...named.matchAll(/`([^`]+)`: \*([^*]+)\*/g)];
  return { id, met, how, tests: tests.map(([, file = '', title = '']) => [file, title] as const) };
});

test('the page has each requirement once, in order, with its level', () => {
  const all = Object.entries(sections).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, n) => `${section}.${n + 1}`),
  );
  expect(rows.map(({ id }) => id.replace(/ L[123]$/, ''))).toEqual(all);
  expect(rows.filter(({ id }) => !/ L[123]$/.test(id))).toEqual([]);
});

describe.each(rows)('requirement $id', ({ met, how, tests }) => {
  test('says by whom it is met, and what is missing', () => {
    expect(['yes', 'partly', 'operator', 'application']).toContain(met);
    expect(how.includes('Missing')).toBe(met === 'partly');
    if (met === 'yes' || met === 'partly') expect(tests).not.toEqual([]);
  });

  test.each(tests)('is shown by %s: %s', (file, title) => {
    expect(existsSync(join(root, file)), 'the file exists').toBe(true);
    const titles = titlesIn(readFileSync(join(root, file), 'utf8'));
    const isTitle = (text: string) => titles.includes(text);
    const inGroup = titles.some(
      (group) => title.startsWith(`${group} `) && isTitle(title.slice(group.length + 1)),
    );
    expect(isTitle(title) || inGroup).toBe(true);
  });
});

/** The titles of groups, tests and named cases: literals at the beginning of a call, a list or a member. */
function titlesIn(source: string): readonly string[] {
  return [...source.matchAll(/(?:[([]|^)\s*(['"`])(.+?)\1\s*[,:]/gm)].map(([, , title = '']) => title);
}
