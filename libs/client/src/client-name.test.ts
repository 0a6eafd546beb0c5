import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLIENT_NAME } from './client-name.ts';

test('the name has the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(CLIENT_NAME).toBe(`admit-one/${version}`);
});
