import { type Command, Option } from 'commander';
import { parseRoute } from '../connect/connect-command.ts';
import { serverUrls } from '../connect/server-requests.ts';
import { DEFAULT_URL, parseBaseUrl } from '../http/base-url.ts';
import { parseSeconds } from '../parse-seconds.ts';
import type { Terminal } from '../terminal.ts';
import type { ProbeTarget } from './attempt.ts';
import { createProbeTokens } from './probe-tokens.ts';

/** What a command that connects as a user is given. */
export interface TargetOptions {
  readonly url: URL;
  readonly wsUrl?: URL;
  readonly tokenFile?: string;
  readonly issueToken?: string;
  readonly route?: string;
  readonly origin?: string;
  readonly ping?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** Adds the options that say where to connect, and as whom. Returns the command. */
export function withTargetOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'URL of the server, as users reach it')
        .argParser(parseBaseUrl)
        .default(new URL(DEFAULT_URL), DEFAULT_URL),
    )
    .addOption(
      new Option('--ws-url <url>', 'URL of the edge, where it has another host').argParser(parseBaseUrl),
    )
    .addOption(
      new Option(
        '--token-file <file>',
        'file with the bearer token, read for each attempt; or set ADMIT_TOKEN (default: an anonymous session)',
      ).conflicts('issueToken'),
    )
    .option('--issue-token <command>', 'command that prints a bearer token; runs again before that expires')
    .option('--route <name>', 'the route to connect to', parseRoute)
    .option('--origin <origin>', 'Origin to send, as the pages of your users do')
    .option('--ping', 'the route does not echo: wait for the answer to a ping in place of the message')
    .option('--timeout <seconds>', 'how long each step may take', parseSeconds(0.1, 3_600), 5);
}

/** @throws {CommandError} where the token is not one */
export async function targetOf(options: TargetOptions, { env }: Pick<Terminal, 'env'>): Promise<ProbeTarget> {
  const { url, wsUrl, tokenFile, issueToken, route, origin, ping = false, timeout } = options;
  const urls = { ...serverUrls(url, route), socket: serverUrls(wsUrl ?? url, route).socket };
  const tokens = await createProbeTokens({ token: undefined, tokenFile, issueToken, env, urls });
  return { urls, tokens, route, origin, check: ping ? 'ping' : 'echo', timeoutMs: timeout * 1_000 };
}
