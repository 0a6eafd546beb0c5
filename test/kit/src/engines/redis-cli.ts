import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from './programs.ts';

const COMMAND_WITHIN_MS = 5_000;
const run = promisify(execFile);

/**
 * Sends a command to a server, as one who operates it does, and gives what `redis-cli` prints of the reply.
 * @throws {Error} for an error reply, and where none comes within 5 s
 */
export type RedisCommand = (...words: readonly string[]) => Promise<string>;

/** Sends to the server at this URL, each command over its own connection. */
export function redisCli(url: string): RedisCommand {
  const program = findProgram('redis-cli');
  return async (...words) => {
    const { stdout } = await run(program, ['-u', url, '-e', '--no-auth-warning', ...words], {
      timeout: COMMAND_WITHIN_MS,
      killSignal: 'SIGKILL',
      env: {},
    });
    return stdout.trimEnd();
  };
}
