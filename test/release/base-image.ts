import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** Programs of this machine that the Dockerfile's commands need, and their shared libraries. */
const PROGRAMS = ['/bin/sh', '/usr/bin/env'];
/** Where the tests on other releases of Node have theirs. */
const NODE = join(root, 'scripts', 'node-versions', 'node_modules', 'node-24', 'bin', 'node');
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Fills a folder with the files of a base image with Node 24 and npm, in place of `node:24-bookworm-slim`. */
export async function fillBaseImage(folder: string): Promise<void> {
  const { stdout: npmFolder } = await run('npm', ['root', '--global']);
  const put = async (from: string, to: string) => {
    await mkdir(dirname(join(folder, to)), { recursive: true });
    await copyFile(from, join(folder, to));
  };
  for (const path of ['usr/bin', 'usr/lib', 'tmp', 'proc', 'dev', 'sys', 'root'])
    await mkdir(join(folder, path), { recursive: true });
  await symlink('usr/bin', join(folder, 'bin'));
  await symlink('usr/lib', join(folder, 'lib'));
  await put(NODE, 'usr/local/bin/node');
  await cp(join(npmFolder.trim(), 'npm'), join(folder, 'usr/local/lib/node_modules/npm'), {
    recursive: true,
  });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'usr/local/bin/npm'));
  for (const program of PROGRAMS) await put(program, program);
  const { stdout: libraries } = await run('ldd', [...PROGRAMS, NODE]);
  for (const library of new Set(libraries.match(/\/\S+\.so\S*/g) ?? [])) await put(library, library);
  await put(CERTIFICATES, CERTIFICATES);
  await writeFile(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/:/bin/sh\n');
  await writeFile(join(folder, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
}

/** What a base image of these files says to those who build on it. */
export const baseEnvironment = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  NODE_EXTRA_CA_CERTS: CERTIFICATES,
};
