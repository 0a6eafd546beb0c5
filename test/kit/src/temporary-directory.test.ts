import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from './temporary-directory.ts';

it('is a directory of its own that goes with all that is in it', async () => {
  const [one, other] = await Promise.all([temporaryDirectory(), temporaryDirectory()]);
  expect(one.path).not.toBe(other.path);
  await writeFile(join(one.path, 'file'), 'content');
  await Promise.all([one.remove(), other.remove()]);
  expect(existsSync(one.path)).toBe(false);
  await expect(one.remove()).resolves.toBeUndefined();
});
