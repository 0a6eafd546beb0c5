import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { dataDirectory } from '@admit-one/testkit';
import { expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Runs `npm start` in a process group, which the end of the test kills. */
async function npmStart() {
  const directory = await dataDirectory();
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, PORT: '0', METRICS_PORT: '0', DATA_DIR: directory.path },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = once(npm, 'close');
  onTestFinished(async () => {
    if (isGroupRunning(npm.pid)) process.kill(-(npm.pid ?? 0), 'SIGKILL');
    await ended;
    await directory.remove();
  });
  let output = '';
  const ready = new Promise<string>((resolve, reject) => {
    npm.stderr.on('data', (text) => {
      output += text;
    });
    npm.stdout.on('data', (text) => {
      output += text;
      const [, url] = /ready at (\S+)[\s\S]*Stop: Ctrl-C/.exec(output) ?? [];
      if (url) resolve(url);
    });
    npm.once('close', () => reject(new Error(output)));
  });
  return { npm, url: await ready, ended };
}

function isGroupRunning(pid: number | undefined): boolean {
  try {
    return process.kill(-(pid ?? 0), 0);
  } catch {
    return false;
  }
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s to npm alone ends the server', async (signal) => {
  const { npm, url, ended } = await npmStart();
  expect((await fetch(url)).status).toBe(200);
  npm.kill(signal);
  await ended;
  await expect.poll(() => isGroupRunning(npm.pid)).toBe(false);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});
