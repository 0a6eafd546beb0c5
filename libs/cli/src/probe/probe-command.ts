import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from '../command-error.ts';
import { parseRoute } from '../connect/connect-command.ts';
import { serverUrls } from '../connect/server-requests.ts';
import { DEFAULT_URL, parseBaseUrl } from '../http/base-url.ts';
import { parseSeconds } from '../parse-seconds.ts';
import type { Terminal } from '../terminal.ts';
import { probe } from './probe.ts';
import { createProbeTokens } from './probe-tokens.ts';

const parseStep = parseSeconds(0.1, 3_600);

/** Adds `admit probe`. @param done receives the exit code */
export function addProbeCommand(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('probe')
    .description(
      'Does what a user does, every few seconds, and says which step failed: token, ticket, upgrade, echo, close.\n' +
        'See docs/probe.md for a token that keeps its events out of the counts of users.',
    )
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
    .option('--once', 'one attempt; the exit code says which step failed')
    .option('--interval <seconds>', 'time from one attempt to the next', parseStep, 10)
    .option('--timeout <seconds>', 'how long each step may take', parseStep, 5)
    .addOption(
      new Option('--metrics-port <port>', 'port to serve Prometheus metrics at').argParser(parsePort),
    )
    .option('--metrics-host <address>', 'address to serve them at', '127.0.0.1')
    .action(async ({ url, wsUrl, tokenFile, issueToken, ping, timeout, interval, ...options }) => {
      const urls = {
        ...serverUrls(url, options.route),
        socket: serverUrls(wsUrl ?? url, options.route).socket,
      };
      const tokens = await createProbeTokens({
        ...{ token: undefined, tokenFile, issueToken },
        ...{ env: terminal.env, urls },
      });
      const check = ping ? 'ping' : 'echo';
      const { route, origin, once = false, metricsPort, metricsHost } = options;
      const target = { urls, tokens, route, origin, check, timeoutMs: timeout * 1_000 } as const;
      const metrics = metricsPort === undefined ? undefined : { port: metricsPort, host: metricsHost };
      done(await probe({ target, once, intervalMs: interval * 1_000, metrics }, terminal));
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (text === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('It must be a port, from 0 to 65535; 0 for any.');
  return port;
}
