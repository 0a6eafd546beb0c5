import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logEventGroups, logEvents } from '@admit-one/runtime';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const folders = ['libs', 'services'];
const sources = folders
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter(
    (file) => /\/src\/.*\.ts$/.test(file) && !/(\.test|\.fixture)\.ts$|node_modules|log-events/.test(file),
  )
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

test('every line of the catalogue is logged somewhere', () => {
  const text = sources.map((source) => source.text).join('\n');
  const unused = Object.keys(logEvents).filter((name) => !text.includes(`'${name}'`));
  expect(unused).toEqual([]);
});

test('no name is in two groups', () => {
  const names = logEventGroups.flatMap(({ events }) => Object.keys(events));
  expect(names.sort()).toEqual(Object.keys(logEvents).sort());
});

test('every log line that a page or a runbook names is in the catalogue', () => {
  const pages = ['docs', 'observability/runbooks'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith('.md'))
      .map((file) => join(folder, file)),
  );
  const unknown = pages.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/log lines? `(\w+)`/g)]
      .filter(([, name = '']) => !Object.hasOwn(logEvents, name))
      .map(([, name]) => `${file}: ${name}`),
  );
  expect(unknown).toEqual([]);
});
