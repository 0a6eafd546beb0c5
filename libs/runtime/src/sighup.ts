import { isatty } from 'node:tty';

const STANDARD_STREAMS = [0, 1, 2] as const;

/**
 * Calls on SIGHUP, of which Node would die. A terminal that closes sends it too, and takes its processes along: so of that
 * the process still dies.
 */
export function onSighup(reload: () => void): void {
  const terminals = STANDARD_STREAMS.filter((fd) => isatty(fd));
  process.on('SIGHUP', () => {
    if (terminals.every((fd) => isatty(fd))) return reload();
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}
