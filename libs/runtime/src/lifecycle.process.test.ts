import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, type TemporaryDirectory, temporaryDirectory } from '@admit-one/testkit';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

/** Runs a program on its own terminal; part of every Debian. */
const SCRIPT = '/usr/bin/script';

const children: ChildProcess[] = [];
let compiled: TemporaryDirectory;

/** Bundles the fixture, because this Node may not run TypeScript. */
beforeAll(async () => {
  compiled = await temporaryDirectory();
  await build({
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@admit-one/source'],
    // CommonJS packages in the bundle call `require`, which ES modules do not have.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    entryPoints: [join(import.meta.dirname, 'process.fixture.ts')],
    outfile: join(compiled.path, 'process.fixture.mjs'),
    logLevel: 'warning',
  });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => compiled.remove());

/** Whether there is a process, one that has ended and waits for its parent aside (proc(5)). */
function isRunning(pid: number): boolean {
  try {
    return !/\) [XZ]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Starts a process that leads one of the fixture's lives. */
function lead(life: string, ...misspelled: readonly string[]) {
  const child = spawn(process.execPath, [join(compiled.path, 'process.fixture.mjs'), life, ...misspelled]);
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (more) => {
    output.stdout += more;
  });
  child.stderr.on('data', (more) => {
    output.stderr += more;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...output }));
  const messages = () =>
    output.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).message);
  return {
    child,
    output,
    ended,
    messages,
    ready: () => eventually(() => expect(messages()).toContain('ready'), { what: 'a ready process' }),
  };
}

describe('a process that cannot start', () => {
  it('says what its operator can mend, without a stack', async () => {
    expect(await lead('misconfigured').ended).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^The configuration is not usable:\n {2}PORT: must be integer, not "http"\n {2}NAME: is not set.\n.*deployment.*\n$/,
      ),
    });
  });

  it('says which variable may be misspelled', async () => {
    const { stderr } = await lead('misconfigured', 'NATS_ULR').ended;
    expect(stderr).toMatch(/\nNATS_ULR is set, .* did you mean NATS_URL\?\n$/);
  });

  it('shows the stack of a bug', async () => {
    const { code, stderr } = await lead('buggy').ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^TypeError: undefined is not a function\n {4}at /);
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('a process that gets %s', (signal) => {
  it('stops, and exits with 0 after everything it wrote is out', async () => {
    const { child, ended, ready, messages } = lead('good');
    await ready();
    child.kill(signal);
    expect((await ended).code).toBe(0);
    expect(messages().filter((message) => message === 'line')).toHaveLength(5_000);
    expect(messages().at(-1)).toBe('stopped');
  });
});

describe('a process that stops', () => {
  async function stopped(life: string) {
    const { child, ended, ready, messages } = lead(life);
    await ready();
    child.kill('SIGTERM');
    const { code } = await ended;
    return { code, messages: messages() };
  }

  it('ends though something is still open', async () => {
    expect(await stopped('leaky')).toEqual({ code: 0, messages: ['ready', 'stopping', 'stopped'] });
  });

  it('exits with 1 where the stop fails', async () => {
    expect(await stopped('broken')).toEqual({
      code: 1,
      messages: ['ready', 'stopping', 'stopped_with_errors'],
    });
  });

  it('exits with 1 where the stop takes too long, though nothing is open any more', async () => {
    expect(await stopped('hanging')).toEqual({
      code: 1,
      messages: ['ready', 'stopping', 'stop_took_too_long'],
    });
  });

  it('is told in time to wait no longer for others, so that it ends in order', async () => {
    expect(await stopped('patient')).toEqual({
      code: 0,
      messages: ['ready', 'stopping', 'gave_up', 'stopped'],
    });
  });

  it('has started before, though the signal came earlier', async () => {
    const { child, ended, messages } = lead('slow');
    await eventually(() => expect(messages()).toContain('starting'), { what: 'the start' });
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(messages()).toEqual(['starting', 'ready', 'stopping', 'stopped']);
  });

  it('takes signals close together for one, and ends at once on a later one', async () => {
    const { child, ended, ready, messages } = lead('draining');
    await ready();
    const stoppingSince = performance.now();
    child.kill('SIGINT');
    child.kill('SIGTERM');
    await eventually(() => expect(messages()).toContain('stopping'), { what: 'the stop' });
    const interrupted = () => {
      child.kill('SIGINT');
      return child.exitCode !== null;
    };
    await eventually(interrupted, { what: 'the end', everyMs: 50 });
    expect(performance.now() - stoppingSince).toBeGreaterThan(998);
    expect((await ended).code).toBe(1);
    expect(messages()).toEqual(['ready', 'stopping', 'stopped_at_once']);
  });
});

describe('a process that gets SIGHUP', () => {
  it('reloads as often as it is told to, and goes on', async () => {
    const { child, ended, ready, messages } = lead('reloading');
    await ready();
    for (const told of [['reloaded'], ['reloaded', 'reloaded']]) {
      child.kill('SIGHUP');
      await eventually(() => expect(messages()).toEqual(['ready', ...told]), { what: 'the reload' });
    }
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it('goes on where it has nothing to reload, and while it starts', async () => {
    const { child, ended, ready, messages } = lead('slow');
    await eventually(() => expect(messages()).toContain('starting'), { what: 'the start' });
    child.kill('SIGHUP');
    child.kill('SIGTERM');
    await ready();
    child.kill('SIGHUP');
    expect((await ended).code).toBe(0);
    expect(messages()).toEqual(['starting', 'ready', 'stopping', 'stopped']);
  });

  it.skipIf(!existsSync(SCRIPT))('dies of it where its terminal is gone', async () => {
    const command = `echo $$; exec ${process.execPath} ${join(compiled.path, 'process.fixture.mjs')} leaky`;
    const terminal = spawn(SCRIPT, ['--quiet', '--command', command, '/dev/null'], {
      env: { SHELL: '/bin/sh' },
    });
    children.push(terminal);
    let shown = '';
    terminal.stdout.on('data', (more) => {
      shown += more;
    });
    await eventually(() => shown.includes('ready'), { what: 'a ready process' });
    const pid = Number.parseInt(shown, 10);
    onTestFinished(() => void (isRunning(pid) && process.kill(pid, 'SIGKILL')));
    expect(isRunning(pid)).toBe(true);
    terminal.kill('SIGKILL');
    await eventually(() => !isRunning(pid), { what: 'the end' });
  });
});

describe('an uncaught error', () => {
  it.each(['throwing', 'rejecting'])('is a critical line and exit code 1 (%s)', async (life) => {
    const { code, stdout, stderr } = await lead(life).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      severity: 'CRITICAL',
      message: 'uncaught_exception',
      err: { message: 'nobody expected this', stack: expect.any(String) },
    });
  });
});
