import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Reason, reasons } from '@admit-one/core';
import { describe, expect, test } from 'vitest';
import { notSentYet } from '../../scripts/generate/not-sent-yet.ts';

const root = join(import.meta.dirname, '..', '..');

/** The product's sources, without the table itself. */
const sources = ['libs', 'services']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => /\/src\/.*\.tsx?$/.test(file) && !/\.(test|fixture)\.|node_modules/.test(file))
  .filter((file) => file !== join('libs', 'core', 'src', 'reasons.ts'))
  // The values of labels.
  .filter((file) => !file.startsWith(join('libs', 'runtime', 'src', 'metrics')))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

/** What makes the state machine reject with these: a revocation, that no service starts. */
const byRevocation: readonly Reason[] = ['ticket_revoked', 'session_revoked', 'ticket_consumed'];
const inCore = [
  join('libs', 'core', 'src', 'execute.ts'),
  join('libs', 'core', 'src', 'ticket', 'decide.ts'),
];

function filesWith(pattern: RegExp): readonly string[] {
  return sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
}

function naming(reason: Reason): readonly string[] {
  return filesWith(new RegExp(`'${reason}'|\\b${reason}:|reasons\\.${reason}\\b`));
}

describe('a reason that is marked as not sent yet', () => {
  test.each([...notSentYet])('%s is sent by nothing', (reason) => {
    const allowed = byRevocation.includes(reason) ? inCore : [];
    expect(naming(reason).filter((file) => !allowed.includes(file))).toEqual([]);
  });
});

test.each((Object.keys(reasons) as Reason[]).filter((reason) => !notSentYet.has(reason)))(
  '%s is sent by something',
  (reason) => {
    expect(naming(reason)).not.toEqual([]);
  },
);
