import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from '../command-error.ts';
import { parseSeconds } from '../parse-seconds.ts';
import type { Terminal } from '../terminal.ts';
import { probe } from './probe.ts';
import { type TargetOptions, targetOf, withTargetOptions } from './target-options.ts';

interface Options extends TargetOptions {
  readonly once?: boolean;
  /** Seconds. */
  readonly interval: number;
  readonly metricsPort?: number;
  readonly metricsHost: string;
}

/** Adds `admit probe`. @param done receives the exit code */
export function addProbeCommand(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  const command = program
    .command('probe')
    .description(
      'Does what a user does, every few seconds, and says which step failed: token, ticket, upgrade, echo, close.\n' +
        'See docs/probe.md for a token that keeps its events out of the counts of users.',
    );
  withTargetOptions(command)
    .option('--once', 'one attempt; the exit code says which step failed')
    .option('--interval <seconds>', 'time from one attempt to the next', parseSeconds(0.1, 3_600), 10)
    .addOption(
      new Option('--metrics-port <port>', 'port to serve Prometheus metrics at').argParser(parsePort),
    )
    .option('--metrics-host <address>', 'address to serve them at', '127.0.0.1')
    .action(async ({ once = false, interval, metricsPort, metricsHost, ...options }: Options) => {
      const target = await targetOf(options, terminal);
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
