import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from './temporary-directory.ts';

it('is a new directory that is removed with its content', async () => {
  const [one, other] = await Promise.all([temporaryDirectory(), temporaryDirectory()]);
  expect(one.path).not.toBe(other.path);
  await writeFile(join(one.path, 'file'), 'content');
  await Promise.all([one.remove(), other.remove()]);
  expect(existsSync(one.path)).toBe(false);
  await expect(one.remove()).resolves.toBeUndefined();
});
