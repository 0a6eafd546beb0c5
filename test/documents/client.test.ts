import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const guide = join(root, 'docs', 'client.md');

test("docs/client.md names each of the client's own reasons, and its states", () => {
  const types = readFileSync(join(root, 'libs', 'client', 'src', 'admit-socket.ts'), 'utf8');
  const words = [...types.matchAll(/^ \* - `(\w+)`:/gm)].map(([, word]) => word);
  expect(words).toContain('OFFLINE');
  expect(words).toContain('waiting');
  const page = readFileSync(guide, 'utf8');
  expect(words.filter((word) => !page.includes(`| \`${word}\` |`))).toEqual([]);
});
