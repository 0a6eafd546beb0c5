import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { missingEngines, temporaryDirectory } from '@admit-one/testkit';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const missing = missingEngines('redis', 'nats', 'postgres');

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

/** Runs or is paused; one that has ended may wait for its parent to take note (proc(5): `Z`). */
function isThere(pid: number): boolean {
  try {
    return !/\) [XZ]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe.skipIf(missing)(`engines whose owner is gone ${missing ?? ''}`, () => {
  it.each(['SIGKILL', 'throw', 'exit'] as const)('end too, paused or not: %s', async (how) => {
    const directory = await temporaryDirectory();
    const outfile = join(directory.path, 'owner.mjs');
    const resolveDir = join(import.meta.dirname, '../../libs/testkit/src/engines');
    await build({
      stdin: { contents: OWNER, resolveDir },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
    });
    const owner = spawn(process.execPath, [outfile], { stdio: ['pipe', 'pipe', 'ignore'] });
    const ended = once(owner, 'exit');
    const [line] = await once(createInterface(owner.stdout), 'line');
    const { pids, folders }: { pids: number[]; folders: string[] } = JSON.parse(line);
    expect(pids.length).toBeGreaterThan(3);
    expect(pids.filter(isThere)).toEqual(pids);

    if (how === 'SIGKILL') owner.kill(how);
    else owner.stdin.write(how);
    await ended;
    await expect.poll(() => pids.filter(isThere)).toEqual([]);
    await Promise.all([directory.path, ...folders].map((path) => rm(path, { recursive: true })));
  });
});
