import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Does something with a line before and after it. Resolves with whether it succeeded; why not is written below the line. */
export async function step(doing, action) {
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(`${doing} … `);
  try {
    await action();
    process.stderr.write(`done in ${seconds()} s\n`);
    return true;
  } catch (error) {
    process.stderr.write(`failed after ${seconds()} s\n${error.message}\n`);
    return false;
  }
}

/** Runs a program and gives what it prints. Throws with all of its output where it fails. */
export function run(command, args, env = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
  return stdout;
}
