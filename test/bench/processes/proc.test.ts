import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { cpuMicroseconds, residentBytes } from './proc.ts';

/** Uses 200 ms of CPU time, however long that takes. */
const BUSY = 'while (process.cpuUsage().user < 200_000);';
/** Lets a child work and end, lets another work and stay, does no work itself. */
const PARENT = `
  const { spawn, spawnSync } = require('node:child_process');
  spawnSync(process.execPath, ['-e', process.argv[1]]);
  spawn(process.execPath, ['-e', process.argv[1] + 'process.stdout.write("done"); setInterval(() => {}, 1000)'], { stdio: 'inherit' });
`;

test.runIf(process.platform === 'linux')(
  'the CPU time of a process includes its children, ended or not',
  async () => {
    const parent = spawn(process.execPath, ['-e', PARENT, BUSY], { detached: true });
    const pid = parent.pid ?? 0;
    onTestFinished(() => void process.kill(-pid, 'SIGKILL'));
    await once(parent.stdout, 'data');
    const [used = 0, nobody] = cpuMicroseconds([pid, 2 ** 30]);
    expect(used).toBeGreaterThan(300_000);
    expect(nobody).toBe(0);
    expect(residentBytes(pid)).toBeGreaterThan(1_000_000);
  },
);
