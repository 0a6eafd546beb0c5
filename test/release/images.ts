import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@admit-one/testkit';
import { type Program, watchProgram } from '../stack/program.ts';
import type { Variables } from '../stack/stack.ts';
import { baseEnvironment, fillBaseImage } from './base-image.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const BASE = 'localhost/node';

/** Builds images without a Docker engine, and runs them. */
export interface Images {
  /** Builds the image of a process, and resolves with its size: all of it, and what is ours in it. */
  build(service: string): Promise<{ readonly megabytes: number; readonly oursMegabytes: number }>;
  /** Runs its command, or another, in a container with a read-only root as the user of the image. */
  container(service: string): Promise<Container>;
}

export type Container = (env: Variables, command?: readonly string[]) => Program;

/** @param folder where images and containers are, which the caller removes */
export async function createImages(folder: string): Promise<Images> {
  const places = [
    '--root',
    join(folder, 'store'),
    '--runroot',
    join(folder, 'run'),
    '--storage-driver',
    'vfs',
  ];
  const buildah = async (...args: readonly string[]) => {
    const { stdout } = await run(findProgram('buildah'), [...places, ...args], {
      cwd: root,
      env: { ...process.env, BUILDAH_ISOLATION: 'chroot' },
      maxBuffer: 2 ** 26,
    });
    return stdout.trim();
  };
  const npmCache = (await run('npm', ['config', 'get', 'cache'])).stdout.trim();
  const mounts = new Map<string, Promise<string>>();

  function mounted(service: string): Promise<string> {
    const mount = mounts.get(service) ?? buildah('from', service).then((name) => buildah('mount', name));
    mounts.set(service, mount);
    return mount;
  }

  await fillBaseImage(join(folder, 'base'));
  const base = await buildah('from', 'scratch');
  await buildah('copy', '--quiet', base, join(folder, 'base'), '/');
  for (const [name, value] of Object.entries(baseEnvironment))
    await buildah('config', '--env', `${name}=${value}`, base);
  await buildah('commit', '--quiet', base, BASE);

  return {
    async build(service) {
      const args = [`NODE_IMAGE=${BASE}`, `SERVICE=${service}`].flatMap((arg) => ['--build-arg', arg]);
      await buildah(
        'build',
        '--quiet',
        '--layers',
        '-v',
        `${npmCache}:/root/.npm`,
        ...args,
        '-t',
        service,
        '.',
      );
      const sizeOf = async (path: string) => {
        const { stdout } = await run('du', ['--summarize', '--block-size=1M', path]);
        return Number.parseInt(stdout, 10);
      };
      const mount = await mounted(service);
      return { megabytes: await sizeOf(mount), oursMegabytes: await sizeOf(join(mount, 'app')) };
    },
    async container(service) {
      const mount = await mounted(service);
      const { OCIv1 } = JSON.parse(await buildah('inspect', '--type', 'image', service));
      const { Env, Cmd, User, WorkingDir } = OCIv1.config;
      const script = `mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount -o remount,ro,bind "$0" &&
        exec chroot --userspec="${User}" "$0" /usr/bin/env --ignore-environment --chdir=${WorkingDir} "$@"`;
      return (env, command = Cmd) => {
        const variables = [...Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
        const words = ['--mount', '--', 'sh', '-c', script, mount, ...variables, ...command];
        return watchProgram(spawn('unshare', words, { stdio: 'pipe' }));
      };
    },
  };
}
