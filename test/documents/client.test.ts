import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type ClientAction, type PublicCode, publicCodes, reasons } from '@admit-one/core';
import { expect, test } from 'vitest';
import { between } from './between.ts';

const root = join(import.meta.dirname, '..', '..');
const guide = join(root, 'docs', 'client.md');
const shown = join(root, 'test', 'client', 'shown');

const behaviour: Readonly<Record<ClientAction, string>> = {
  retry: 'tries again',
  stop: 'stops',
  'refresh-token': 'asks for a fresh token, once',
};

/** What the client does about each public code, made of the reasons table. */
function reasonsTable(): string {
  const rows = Object.entries(publicCodes).map(([code, text]) => {
    const row = Object.values(reasons).find((candidate) => candidate.code === (code as PublicCode));
    return `| \`${code}\` | ${text} | ${row ? behaviour[row.client] : '–'} |`;
  });
  return ['| reason | what the server says | the client |', '| --- | --- | --- |', ...rows].join('\n');
}

function codeOf(file: string): string {
  return `\`\`\`${extname(file).slice(1)}\n${readFileSync(join(shown, file), 'utf8').trim()}\n\`\`\``;
}

test('docs/client.md shows the reasons of the table and the code that is tested; `npm run docs` writes them again', async () => {
  const files = readdirSync(shown);
  const text = files.reduce(
    (page, file) => between(page, `shown: ${file}`, codeOf(file)),
    between(readFileSync(guide, 'utf8'), 'reasons', reasonsTable()),
  );
  await expect(text).toMatchFileSnapshot(guide);
});

test("docs/client.md names each of the client's own reasons, and its states", () => {
  const types = readFileSync(join(root, 'libs', 'client', 'src', 'admit-socket.ts'), 'utf8');
  const words = [...types.matchAll(/^ \* - `(\w+)`:/gm)].map(([, word]) => word);
  expect(words).toContain('OFFLINE');
  expect(words).toContain('waiting');
  const page = readFileSync(guide, 'utf8');
  expect(words.filter((word) => !page.includes(`| \`${word}\` |`))).toEqual([]);
});
