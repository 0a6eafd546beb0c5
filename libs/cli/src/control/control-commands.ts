import type { Command } from 'commander';
import { CommandError, type ExitCode, exitCodes } from '../command-error.ts';
import { type ServerOptions, serverOf, withServerOptions } from '../http/server-options.ts';
import { printable, type Terminal } from '../terminal.ts';
import { type AdminApi, createAdminApi, type Edges, type Forecast, type Receipt } from './admin-api.ts';
import { parseDuration } from './parse-duration.ts';

interface Options extends ServerOptions {
  readonly reason: string;
  /** Milliseconds. */
  readonly for?: number;
  readonly dryRun?: boolean;
}

interface RevokeOptions extends Options {
  readonly session?: string;
  readonly user?: string;
  readonly ticket?: string;
  readonly connection?: string;
  readonly keyId?: string;
  readonly issuedBefore?: string;
  readonly issuer?: string;
}

const SERVER = { service: 'ticket-service', variable: 'TICKETS_URL' } as const;

/** Adds what operators do while things run: `admit revoke`, `pause`, `block`, `drain`, `undo` and `control`. */
export function addControlCommands(
  program: Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  const { interrupted, stdout } = terminal;
  const print = (line: string) => void stdout.write(`${printable(line)}\n`);

  function connect(options: ServerOptions): AdminApi {
    return createAdminApi({ ...serverOf(options, SERVER, terminal), interrupted });
  }

  async function decide(
    path: 'revocations' | 'actions',
    target: object,
    { reason, for: durationMs, dryRun, ...options }: Options,
  ): Promise<void> {
    const expiresAt = durationMs === undefined ? undefined : new Date(Date.now() + durationMs).toISOString();
    const result = await connect(options).decide(path, {
      ...target,
      reason,
      expiresAt,
      dryRun,
    });
    if ('dryRun' in result) report(result.edges, forecastText(result));
    else {
      report(result.edges, receiptText(result));
      print(`undo it with: npx @admit-one/cli undo ${result.id}`);
    }
  }

  /** Edges that did not answer make the answer not whole. */
  function report({ confirmed, unconfirmed }: Edges, text: string): void {
    print(`${text}; edges: ${confirmed.length} confirmed, ${unconfirmed.length} unconfirmed`);
    for (const edge of unconfirmed) print(`unconfirmed: ${edge}`);
    if (unconfirmed.length > 0) done(exitCodes.incomplete);
  }

  function addDecision(name: string, description: string): Command {
    return withServerOptions(program.command(name).description(description), SERVER, terminal)
      .requiredOption('--reason <text>', 'why, for the audit log')
      .option('--for <duration>', 'when it ends by itself, like 10m, 2h or 7d', parseDuration)
      .option('--dry-run', 'only say how many connections of how many users it would close');
  }

  addDecision('revoke', 'Revokes tickets and closes the connections that they admitted. Name one thing.')
    .option('--session <id>', 'a session')
    .option('--user <id>', 'every session of a user that began before now')
    .option('--ticket <id>', 'a ticket by its id, the support code')
    .option('--connection <id>', 'a connection')
    .option('--key-id <kid>', 'every token that was signed with a key')
    .option('--issued-before <time>', 'every token that was issued before a time (RFC 3339)')
    .option('--issuer <alias>', 'the issuer of the session, user or key, where there are several')
    .action(async (options: RevokeOptions) => {
      const { session, user, ticket, connection, keyId, issuedBefore, issuer } = options;
      const targets = { session, user, ticket, connection, keyId, issuedBefore };
      if (Object.values(targets).filter((value) => value !== undefined).length !== 1)
        throw new CommandError(
          'Name one of --session, --user, --ticket, --connection, --key-id and --issued-before.',
          exitCodes.usage,
        );
      await decide('revocations', { ...targets, issuer }, options);
    });
  addDecision('pause', 'Stops issuing tickets. Open connections stay.').action((options: Options) =>
    decide('actions', { pause: true }, options),
  );
  addDecision('block', 'Rejects requests from a network, and closes the connections from there.')
    .argument('<network>', 'an address, or a network like 203.0.113.0/24')
    .action((block: string, options: Options) => decide('actions', { block }, options));
  addDecision('drain', 'Has an edge reject upgrades and close its connections, spread over DRAIN_SECONDS.')
    .argument('<edge>', 'the instance of the edge, as events name it')
    .action((drain: string, options: Options) => decide('actions', { drain }, options));

  withServerOptions(
    program.command('undo').description('Undoes a revocation, pause, block or drain.'),
    SERVER,
    terminal,
  )
    .argument('<id>', 'what the command printed, or admit control lists')
    .option('--reason <text>', 'why, for the audit log')
    .action(async (id: string, options: ServerOptions & { readonly reason?: string }) => {
      const { edges } = await connect(options).undo(id, options.reason);
      report(edges, `undone ${id}`);
    });

  withServerOptions(
    program.command('control').description('Lists what is revoked, paused, blocked and drained.'),
    SERVER,
    terminal,
  ).action(async (options: ServerOptions) => {
    const { total, entries } = await connect(options).list();
    for (const { id, kind, issuer, session, user, value, reason, by, expiresAt } of entries) {
      const what = [kind, issuer, session ?? user ?? value].filter((part) => part !== null).join(' ');
      print(`${id}  ${what}  until ${expiresAt}  by ${by}: ${reason}`);
    }
    if (total > entries.length) print(`and ${total - entries.length} more`);
  });
}

function receiptText({ closed, expiresAt }: Receipt): string {
  return `done: ${closed} connections closed; ends ${expiresAt}`;
}

function forecastText({ connections, users }: Forecast): string {
  return `would close ${connections} connections of ${users} users`;
}
