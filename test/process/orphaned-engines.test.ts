import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { missingEngines, temporaryDirectory } from '@admit-one/testkit';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const missing = missingEngines('redis', 'nats', 'postgres');
/** It names packages that are not installed, so it cannot be part of a bundle. */
const PLAYWRIGHT = fileURLToPath(import.meta.resolve('playwright-core'));

/** Starts every engine, pauses two, tells all their processes and waits for its end. */
const OWNER = `
import { startNats } from './nats.ts';
import { startPostgres } from './postgres.ts';
import { childrenOf } from './process-tree.ts';
import { startRedis } from './redis.ts';
const engines = await Promise.all([startRedis(), startNats(), startPostgres()]);
const [redis, , postgres] = engines;
await Promise.all([redis.pause(), postgres.pause()]);
const pids = engines.flatMap(({ pid }) => [pid, ...childrenOf(pid)]);
process.stdout.write(JSON.stringify({ pids, folders: engines.map(({ folder }) => folder) }) + '\\n');
process.stdin.on('data', (how) => {
  if (String(how) === 'throw') throw new Error('as asked');
  process.exit();
});
`;

/** Starts a browser, tells its processes and waits for its end. */
const OWNER_OF_BROWSER = `
import { startBrowser } from '../browser.ts';
import { childrenOf } from './process-tree.ts';
const browser = await startBrowser();
await browser.newPage();
const children = childrenOf(process.pid);
const pids = [...children, ...children.flatMap(childrenOf)];
process.stdout.write(JSON.stringify({ pids, folders: [] }) + '\\n');
process.stdin.resume();
`;

/** Runs or is paused; one that has ended may wait for its parent to take note (proc(5): `Z`). */
function isThere(pid: number): boolean {
  try {
    return !/\) [XZ]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Runs an owner in its own process. */
async function startOwner(contents: string, directory: string, env: NodeJS.ProcessEnv = {}) {
  const outfile = join(directory, 'owner.mjs');
  await build({
    stdin: { contents, resolveDir: join(import.meta.dirname, '../kit/src/engines') },
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { 'playwright-core': PLAYWRIGHT },
    external: [PLAYWRIGHT],
    outfile,
  });
  const owner = spawn(process.execPath, [outfile], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  });
  const ended = once(owner, 'exit');
  const [line] = await once(createInterface(owner.stdout), 'line');
  const told: { pids: number[]; folders: string[] } = JSON.parse(line);
  return { owner, ended, ...told };
}

describe.skipIf(missing)(`engines whose owner is gone ${missing ?? ''}`, () => {
  it.each(['SIGKILL', 'throw', 'exit'] as const)('end too, paused or not: %s', async (how) => {
    const directory = await temporaryDirectory();
    const { owner, ended, pids, folders } = await startOwner(OWNER, directory.path);
    expect(pids.length).toBeGreaterThan(3);
    expect(pids.filter(isThere)).toEqual(pids);

    if (how === 'SIGKILL') owner.kill(how);
    else owner.stdin.write(how);
    await ended;
    await expect.poll(() => pids.filter(isThere)).toEqual([]);
    await Promise.all([directory.path, ...folders].map((path) => rm(path, { recursive: true })));
  });
});

const missingBrowser = missingEngines('chromium');

describe.skipIf(missingBrowser)(`a browser whose owner is gone ${missingBrowser ?? ''}`, () => {
  it('ends too', async () => {
    const directory = await temporaryDirectory();
    const { owner, ended, pids } = await startOwner(OWNER_OF_BROWSER, directory.path, {
      TMPDIR: directory.path,
    });
    // A browser has processes that soon end.
    expect(pids.filter(isThere).length).toBeGreaterThan(3);
    owner.kill('SIGKILL');
    await ended;
    await expect.poll(() => pids.filter(isThere)).toEqual([]);
    await directory.remove();
  });
});
