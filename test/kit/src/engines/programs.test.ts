import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryDirectory, temporaryDirectory } from '../temporary-directory.ts';
import table from './programs.json' with { type: 'json' };
import { findProgram, missingEngines, missingIn } from './programs.ts';

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

async function putProgram(folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), '');
  await chmod(join(folder, name), 0o755);
}

/** A machine that has nothing but what is put into the directory. */
function machine() {
  const versionedFolders = { parent: join(directory.path, 'versions'), child: 'bin' };
  return { ...table, folders: [join(directory.path, 'sbin')], versionedFolders };
}

describe('missingEngines', () => {
  it('names each program that is missing, where it was looked for, and what installs it', async () => {
    await putProgram(join(directory.path, 'sbin'), 'redis-server');
    const reason = missingIn({ PATH: '/nowhere/bin' }, ['redis', 'nats'], machine());
    expect(reason).toBe(
      'redis-sentinel, redis-cli, nats-server not found in ' +
        `/nowhere/bin, ${directory.path}/sbin; on Debian: apt-get install redis-server redis-sentinel nats-server`,
    );
  });

  it('finds programs on the PATH, beside it, and in the folder of a version', async () => {
    await putProgram(join(directory.path, 'mine'), 'initdb');
    await putProgram(join(directory.path, 'sbin'), 'createdb');
    await putProgram(join(directory.path, 'versions', '15', 'bin'), 'postgres');
    expect(missingIn({ PATH: join(directory.path, 'mine') }, ['postgres'], machine())).toBeUndefined();
  });

  it('does not take a file that cannot be run for a program', async () => {
    await putProgram(join(directory.path, 'sbin'), 'nats-server');
    await chmod(join(directory.path, 'sbin', 'nats-server'), 0o644);
    expect(missingIn({}, ['nats'], machine())).toContain('nats-server not found');
  });

  it('throws in continuous integration, where a skip must not pass for a success', () => {
    expect(() => missingIn({ CI: 'true' }, ['nats'], machine())).toThrow('nats-server not found');
    expect(missingIn({ CI: 'false' }, ['nats'], machine())).toBeDefined();
  });

  it('says nothing of engines that were not asked for', () => {
    expect(missingEngines()).toBeUndefined();
  });
});

describe('findProgram', () => {
  it('says where it has looked', () => {
    expect(() => findProgram('no-such-program')).toThrow(/^no-such-program is not in .*\/usr\/sbin/);
  });
});
