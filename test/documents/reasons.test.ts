import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Reason, reasons } from '@admit-one/core';
import { expect, test } from 'vitest';

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

function filesWith(pattern: RegExp): readonly string[] {
  return sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
}

function naming(reason: Reason): readonly string[] {
  return filesWith(new RegExp(`'${reason}'|\\b${reason}:|reasons\\.${reason}\\b`));
}

test.each(Object.keys(reasons) as Reason[])('%s is sent by something', (reason) => {
  expect(naming(reason)).not.toEqual([]);
});
