import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type ClientAction, publicCodes, type Reason, reasonRow, reasons } from '@admit-one/core';
import { between } from './between.ts';

const behaviour: Readonly<Record<ClientAction, string>> = {
  retry: 'tries again',
  stop: 'stops',
  'refresh-token': 'asks for a fresh token, once',
};

/** What the client does about each public code, made of the reasons table. */
function reasonsTable(): string {
  const rows = Object.entries(publicCodes).map(([code, text]) => {
    const first = (Object.keys(reasons) as Reason[]).find((name) => reasonRow(name).code === code);
    return `| \`${code}\` | ${text} | ${first ? behaviour[reasonRow(first).client] : '–'} |`;
  });
  return ['| reason | what the server says | the client |', '| --- | --- | --- |', ...rows].join('\n');
}

function codeOf(shown: string, file: string): string {
  return `\`\`\`${extname(file).slice(1)}\n${readFileSync(join(shown, file), 'utf8').trim()}\n\`\`\``;
}

/** `docs/client.md` with its table of reasons, made of the reasons table, and with the code that `test/client` runs. */
export function clientGuide(root: string): string {
  const page = readFileSync(join(root, 'docs', 'client.md'), 'utf8');
  const shown = join(root, 'test', 'client', 'shown');
  return readdirSync(shown).reduce(
    (text, file) => between(text, `shown: ${file}`, codeOf(shown, file)),
    between(page, 'reasons', reasonsTable()),
  );
}
