import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '@admit-one/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDataDirectory } from './data-directory.ts';

let parent: string;
let path: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'admit-one-'));
  path = join(parent, 'data');
});

afterEach(() => rm(parent, { recursive: true, force: true }));

/** The pid of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('a data directory', () => {
  test('is made, for its owner alone', async () => {
    const directory = await openDataDirectory(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    await directory.unlock();
  });

  test('is rejected while another has it, with what to do', async () => {
    const directory = await openDataDirectory(path);
    await expect(openDataDirectory(path)).rejects.toThrow(StartError);
    await expect(openDataDirectory(path)).rejects.toThrow(/in use by process \d+.*DATA_DIR/);
    await directory.unlock();
  });

  test('is free again after unlock, and gathers no files over many lives', async () => {
    for (let life = 0; life < 3; life += 1) await (await openDataDirectory(path)).unlock();
    expect(await readdir(path)).toHaveLength(1);
  });

  test.each([
    ['of a dead process', JSON.stringify({ pid: deadPid(), startedAt: null })],
    [
      'of a process whose pid lives on in another one',
      JSON.stringify({ pid: process.pid, startedAt: 'boot/1' }),
    ],
    ['that is no lock', 'garbage'],
    ['that is empty', ''],
  ])('takes over a lock %s', async (_, content) => {
    await (await openDataDirectory(path)).unlock();
    await writeFile(join(path, 'lock.7'), content);
    const directory = await openDataDirectory(path);
    await directory.unlock();
  });

  test('goes to exactly one of many that take over a dead one at once', async () => {
    await (await openDataDirectory(path)).unlock();
    await writeFile(join(path, 'lock.7'), JSON.stringify({ pid: deadPid(), startedAt: null }));
    expect(await readdir(path)).toContain('lock.7');
    const opened = await Promise.allSettled(Array.from({ length: 20 }, () => openDataDirectory(path)));
    const holders = opened.filter((result) => result.status === 'fulfilled');
    expect(holders).toHaveLength(1);
    await holders[0]?.value.unlock();
  });

  test('is opened while files in it come and go', async () => {
    let isOver = false;
    await mkdir(path);
    const drafting = (async () => {
      for (let n = 0; !isOver; n = (n + 1) % 50) {
        await writeFile(join(path, `draft.${n}`), '');
        await rm(join(path, `draft.${(n + 25) % 50}`), { force: true });
      }
    })();
    for (let n = 0; n < 30; n += 1) await (await openDataDirectory(path)).unlock();
    isOver = true;
    await drafting;
  });

  test('is closed to others, with all that it contains', async () => {
    await mkdir(join(path, 'audit', 'base'), { recursive: true });
    const files = ['keys.json', 'audit/PG_VERSION', 'audit/base/1'].map((name) => join(path, name));
    for (const file of files) await writeFile(file, '');
    const directories = [path, join(path, 'audit'), join(path, 'audit', 'base')];
    for (const loose of [...directories, ...files]) await chmod(loose, 0o777);
    const directory = await openDataDirectory(path);
    const modes = (paths: readonly string[]) =>
      Promise.all(paths.map(async (each) => (await stat(each)).mode & 0o777));
    expect(await modes(directories)).toEqual([0o700, 0o700, 0o700]);
    expect(await modes(files)).toEqual([0o600, 0o600, 0o600]);
    await directory.unlock();
  });

  test('may be named by a symbolic link', async () => {
    await mkdir(path, { mode: 0o755 });
    const link = join(parent, 'link');
    await symlink(path, link);
    const directory = await openDataDirectory(link);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    await directory.unlock();
  });

  test('is rejected, and free again, if a symbolic link is in it', async () => {
    await mkdir(path);
    await writeFile(join(parent, 'elsewhere'), '', { mode: 0o644 });
    await symlink(join(parent, 'elsewhere'), join(path, 'keys.json'));
    await expect(openDataDirectory(path)).rejects.toThrow(/keys\.json is a symbolic link: replace it/);
    expect((await stat(join(parent, 'elsewhere'))).mode & 0o777).toBe(0o644);
    await rm(join(path, 'keys.json'));
    await (await openDataDirectory(path)).unlock();
  });

  test.runIf(process.getuid?.() === 0)(
    'may belong to another for the superuser, but not its contents',
    async () => {
      await mkdir(path, { mode: 0o777 });
      await chown(path, 12_345, 12_345);
      await (await openDataDirectory(path)).unlock();
      expect((await stat(path)).mode & 0o777).toBe(0o700);
      await writeFile(join(path, 'keys.json'), '');
      await chown(join(path, 'keys.json'), 12_345, 12_345);
      await expect(openDataDirectory(path)).rejects.toThrow(/keys\.json belongs to user 12345/);
    },
  );

  test('that cannot be created is a clear error', async () => {
    await writeFile(join(parent, 'file'), '');
    await expect(openDataDirectory(join(parent, 'file', 'data'))).rejects.toThrow(
      /DATA_DIR .* cannot be used/,
    );
  });
});
