import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { missingEngines, type TemporaryDirectory, temporaryDirectory } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Table {
  readonly folders: readonly string[];
  readonly versionedFolders: { readonly parent: string; readonly child: string };
  readonly engines: Readonly<Record<string, { programs: readonly string[]; packages: readonly string[] }>>;
}

interface Decisions {
  missingEngines(table: Table, path?: string): readonly string[];
  decide(machine: { missing: readonly string[]; osRelease: string; isRoot: boolean }): {
    do: string;
    engines: readonly string[];
  };
  packagesToInstall(
    engines: readonly string[],
    table: Table,
    dependsOf: (name: string) => string,
  ): readonly string[];
}

const scripts = join(import.meta.dirname, '..', '..', 'scripts');
const decisions: Decisions = await import(pathToFileURL(join(scripts, 'engine-packages.mjs')).href);

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n';
const UBUNTU = 'ID=ubuntu\nID_LIKE=debian\n';
const FEDORA = 'ID=fedora\nVARIANT="not debian at all"\n';

describe('what is done about missing engines', () => {
  it.each([
    { missing: [], osRelease: DEBIAN, isRoot: true, does: 'nothing' },
    { missing: [], osRelease: FEDORA, isRoot: false, does: 'nothing' },
    { missing: ['nats'], osRelease: DEBIAN, isRoot: true, does: 'install' },
    { missing: ['nats'], osRelease: UBUNTU, isRoot: true, does: 'install' },
    { missing: ['nats'], osRelease: DEBIAN, isRoot: false, does: 'skip' },
    { missing: ['nats'], osRelease: FEDORA, isRoot: true, does: 'skip' },
    { missing: ['nats'], osRelease: '', isRoot: true, does: 'skip' },
  ])('$missing, root $isRoot, $osRelease: $does', ({ does, ...machine }) => {
    expect(decisions.decide(machine)).toEqual({ do: does, engines: machine.missing });
  });

  it('installs the packages of what is missing, PostgreSQL by the version that Debian has', () => {
    const table = {
      engines: {
        redis: { programs: [], packages: ['redis-server', 'redis-sentinel'] },
        postgres: { programs: [], packages: ['postgresql'] },
      },
    } as unknown as Table;
    const dependsOf = () => 'postgresql\n  Depends: postgresql-15\n  Suggests: postgresql-doc\n';
    expect(decisions.packagesToInstall(['postgres'], table, dependsOf)).toEqual(['postgresql-15']);
    expect(decisions.packagesToInstall(['redis', 'postgres'], table, () => '')).toEqual([
      'redis-server',
      'redis-sentinel',
      'postgresql',
    ]);
  });
});

describe('which engines are missing', () => {
  let directory: TemporaryDirectory;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.remove());

  async function putProgram(folder: string, name: string): Promise<void> {
    await mkdir(join(directory.path, folder), { recursive: true });
    await writeFile(join(directory.path, folder, name), '');
    await chmod(join(directory.path, folder, name), 0o755);
  }

  it('those of which a program is in no folder', async () => {
    await putProgram('path', 'nats-server');
    await putProgram('sbin', 'redis-server');
    await putProgram('versions/15/bin', 'postgres');
    const table = {
      folders: [join(directory.path, 'sbin')],
      versionedFolders: { parent: join(directory.path, 'versions'), child: 'bin' },
      engines: {
        nats: { programs: ['nats-server'], packages: [] },
        redis: { programs: ['redis-server', 'redis-cli'], packages: [] },
        postgres: { programs: ['postgres'], packages: [] },
      },
    };
    expect(decisions.missingEngines(table, `:${join(directory.path, 'path')}`)).toEqual(['redis']);
    expect(decisions.missingEngines(table)).toEqual(['nats', 'redis']);
  });
});

const missing = missingEngines('redis', 'nats', 'postgres', 'nginx', 'chromium');

describe.skipIf(missing)(`where nothing is missing ${missing ?? ''}`, () => {
  it('does nothing and says nothing', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      join(scripts, 'install-engines.mjs'),
    ]);
    expect(stdout + stderr).toBe('');
  });
});
