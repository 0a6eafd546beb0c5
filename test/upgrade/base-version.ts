import { execFile, execFileSync } from 'node:child_process';
import { lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory } from '@admit-one/testkit';
import type { ServiceName } from '../stack/service-process.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** The programs of an earlier version. */
export interface BaseVersion {
  program(service: ServiceName): string;
  remove(): Promise<void>;
}

/** What is upgraded from: the newest released version, or the commit in `ADMIT_ONE_BASE`. Undefined where there is none. */
export function baseReference(): string | undefined {
  if (process.env.ADMIT_ONE_BASE) return process.env.ADMIT_ONE_BASE;
  try {
    const args = ['describe', '--tags', '--abbrev=0', '--match=v*'];
    return execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

/** Bundles the sources of a commit as that commit does, with the packages that are installed now. */
export async function bundleVersion(reference: string): Promise<BaseVersion> {
  const { path, remove } = await temporaryDirectory();
  try {
    const archive = join(path, 'sources.tar');
    await run('git', ['archive', '--output', archive, reference], { cwd: root });
    await run('tar', ['-xf', archive, '-C', path]);
    await linkPackages(join(root, 'node_modules'), join(path, 'node_modules'));
    await run(process.execPath, ['scripts/bundle.mjs'], { cwd: path });
    return { program: (service) => join(path, 'services', service, 'dist', 'main.js'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Links every package. Those of the project are links already, by paths within it: so they lead to these sources. */
async function linkPackages(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(from)) {
    const source = join(from, name);
    if (name === '@admit-one') await linkPackages(source, join(to, name));
    else
      await symlink((await lstat(source)).isSymbolicLink() ? await readlink(source) : source, join(to, name));
  }
}
