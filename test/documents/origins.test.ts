import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseOrigins, readOrigin, readOrigins } from '@admit-one/config';
import { createOriginPolicy } from '@admit-one/runtime';
import { describe, expect, test } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '../../docs/origins.md'), 'utf8');

/** The rows of the table with this head, as pairs of cells; the first without its backticks. */
function rowsOf(head: string): readonly (readonly [string, string])[] {
  const [, table = ''] = page.split(`${head}\n| --- | --- |\n`);
  return [...(table.split('\n\n')[0] ?? '').matchAll(/^\| `(.*?)` \| (.*) \|$/gm)].map(
    ([, first = '', second = '']) => [first, second] as const,
  );
}

describe('docs/origins.md tells the truth', () => {
  const written = rowsOf('| written | allows |');
  test.each(written)('%s allows %s', (entry, outcome) => {
    const reading = readOrigin(entry);
    if (outcome.startsWith('rejected')) expect(reading.kind).toBe('error');
    else expect(reading).toEqual({ kind: 'origin', origin: outcome.replaceAll('`', '') });
  });

  const sent = rowsOf('| `Origin` | allowed |');
  const list = /With the list `(.*)`:/.exec(page)?.[1] ?? '';
  test.each(sent)('%s is allowed: %s', (origin, outcome) => {
    const { origins, issues } = readOrigins(list.split(','));
    expect(issues).toEqual([]);
    const isAllowed = createOriginPolicy({ allowed: origins, loopback: false });
    expect(isAllowed(origin)).toBe(outcome === 'yes');
  });

  test('and its file is one', () => {
    const [, file = ''] = /^```\n(# \/etc.*?)^```$/ms.exec(page) ?? [];
    expect(parseOrigins(file)).toEqual({
      origins: ['https://app.example.com', 'https://*.preview.example.com'],
      issues: [],
    });
  });

  test('in tables that are not empty', () => {
    expect(written.length).toBeGreaterThan(20);
    expect(sent.length).toBeGreaterThan(10);
  });
});
