import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** Kills when asked to by the end of its input; a paused process too. */
const KILL_ALL = `
for (const pid of process.argv.slice(1)) {
  try { process.kill(Number(pid), 'SIGKILL') } catch {}
}`;

/**
 * Sees to it that processes do not outlive this one, however it ends, `SIGKILL` included: `xargs` waits for the end of
 * its input, which comes when this process is gone, and only then runs what kills. Gives the call that lifts the guard.
 */
export function guardProcesses(pids: readonly number[]): () => void {
  const guard = spawn('xargs', [process.execPath, '-e', KILL_ALL, '--'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.stdin.write(`${pids.join('\n')}\n`);
  guard.unref();
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  return () => {
    guard.kill('SIGKILL');
  };
}
