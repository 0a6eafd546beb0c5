import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openPglite } from './pglite.ts';

test('keeps what was committed, and nothing of what was rolled back, from one opening to the next', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pglite-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));

  const before = await openPglite({ dataDir });
  await before.query('CREATE TABLE kept (n integer)');
  await before.transaction((transaction) => transaction.query('INSERT INTO kept VALUES ($1)', [1]));
  const failing = before.transaction(async (transaction) => {
    await transaction.query('INSERT INTO kept VALUES ($1)', [2]);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  await before.close();
  await before.close();
  await expect(before.query('SELECT 1')).rejects.toThrow();

  const after = await openPglite({ dataDir });
  onTestFinished(() => after.close());
  expect(await after.query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
});
