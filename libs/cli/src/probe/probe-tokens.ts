import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { CommandError, exitCodes } from '../command-error.ts';
import type { ServerUrls } from '../connect/server-requests.ts';
import { readUserToken, startAnonymousSession, type UserTokenOptions } from '../connect/token.ts';
import { bearerTokenIn, readTokenFile } from '../http/bearer-token.ts';
import { membersOf } from '../json-members.ts';

/** Where a probe gets its tokens from. */
export interface ProbeTokens {
  /** In words, for messages. */
  readonly from: string;
  /** A token that is valid for a while, by its own word. @throws {CommandError} @throws the reason of the signal */
  take(signal: AbortSignal): Promise<string>;
  /** The server did not accept it: the next one is a new one. */
  drop(): void;
}

export interface ProbeTokenOptions extends UserTokenOptions {
  /** A command that prints a token. */
  readonly issueToken: string | undefined;
  readonly urls: ServerUrls;
}

/** A token is issued again when it is valid for less than this. */
const RENEW_MS = 60_000;

/** The first that is given: a command, a token, a file, the environment; else an anonymous session for each attempt. */
export async function createProbeTokens(options: ProbeTokenOptions): Promise<ProbeTokens> {
  const { issueToken, tokenFile, urls } = options;
  if (issueToken !== undefined) return cached('--issue-token', (signal) => runCommand(issueToken, signal));
  // The file is replaced when the token is renewed.
  if (tokenFile !== undefined) return { from: tokenFile, take: () => readTokenFile(tokenFile), drop() {} };
  const user = await readUserToken(options);
  if (user) return { from: user.from, take: async () => user.value, drop() {} };
  return {
    from: 'an anonymous session',
    take: (signal) => startAnonymousSession({ urls, fetch, progress: silent }, signal),
    drop() {},
  };
}

const silent = { info() {}, debug() {} };

function cached(from: string, issue: (signal: AbortSignal) => Promise<string>): ProbeTokens {
  let token: string | undefined;
  return {
    from,
    async take(signal) {
      if (token === undefined || expiryOf(token) - Date.now() < RENEW_MS) token = await issue(signal);
      return token;
    },
    drop() {
      token = undefined;
    },
  };
}

/** Unix milliseconds; for what is no JWT with an expiry, the past. */
function expiryOf(token: string): number {
  const { exp } = membersOf(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return typeof exp === 'number' ? exp * 1_000 : 0;
}

const run = promisify(exec);

async function runCommand(command: string, signal: AbortSignal): Promise<string> {
  const { stdout } = await run(command, { signal }).catch(
    (error: Error & { stderr?: string; code?: unknown }) => {
      if (signal.aborted) throw signal.reason;
      const said = error.stderr?.trim().split('\n').at(-1) || error.message;
      throw new CommandError(
        `The command of --issue-token failed with exit code ${error.code}: ${said}`,
        exitCodes.failure,
        { cause: error },
      );
    },
  );
  return bearerTokenIn(stdout, '--issue-token');
}
