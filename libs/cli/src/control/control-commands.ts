import { type Command, InvalidArgumentError } from 'commander';
import { CommandError, type ExitCode, exitCodes } from '../command-error.ts';
import { type ServerOptions, sameServer, serverOf, withServerOptions } from '../http/server-options.ts';
import { printable, type Terminal } from '../terminal.ts';
import { type AdminApi, createAdminApi, type Edges, type Forecast, type Receipt } from './admin-api.ts';

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
  const context = { program, terminal, done };
  addRevokeCommand(context);
  addActionCommands(context);
  addUndoCommand(context);
  addListCommand(context);
}

interface ControlContext {
  readonly program: Command;
  readonly terminal: Terminal;
  /** Receives the exit code. */
  readonly done: (code: ExitCode) => void;
}

function addRevokeCommand(context: ControlContext): void {
  addDecision(
    context,
    'revoke',
    'Revokes tickets and closes the connections that they admitted. Name one thing.',
  )
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
      await decide(context, 'revocations', { ...targets, issuer }, options);
    });
}

function addActionCommands(context: ControlContext): void {
  addDecision(context, 'pause', 'Stops issuing tickets. Open connections stay.').action((options: Options) =>
    decide(context, 'actions', { pause: true }, options),
  );
  addDecision(context, 'block', 'Rejects requests from a network, and closes the connections from there.')
    .argument('<network>', 'an address, or a network like 203.0.113.0/24')
    .action((block: string, options: Options) => decide(context, 'actions', { block }, options));
  addDecision(
    context,
    'drain',
    'Has an edge reject upgrades and close its connections, spread over DRAIN_SECONDS.',
  )
    .argument('<edge>', 'the instance of the edge, as events name it')
    .action((drain: string, options: Options) => decide(context, 'actions', { drain }, options));
}

function addUndoCommand(context: ControlContext): void {
  addCommand(context, 'undo', 'Undoes a revocation, pause, block or drain.')
    .argument('<id>', 'what the command printed, or admit control lists')
    .option('--reason <text>', 'why, for the audit log')
    .action(async (id: string, options: ServerOptions & { readonly reason?: string }) => {
      const { edges } = await connect(context, options).undo(id, options.reason);
      report(context, edges, `undone ${id}`);
    });
}

function addListCommand(context: ControlContext): void {
  addCommand(context, 'control', 'Lists what is revoked, paused, blocked and drained.').action(
    async (options: ServerOptions) => {
      const { total, entries } = await connect(context, options).list();
      for (const { id, kind, issuer, session, user, value, reason, by, expiresAt } of entries) {
        const what = [kind, issuer, session ?? user ?? value].filter((part) => part !== null).join(' ');
        print(context, `${id}  ${what}  until ${expiresAt}  by ${by}: ${reason}`);
      }
      if (total > entries.length) print(context, `and ${total - entries.length} more`);
    },
  );
}

/** Adds a command that decides something, with the options that all of them have. Returns the command. */
function addDecision(context: ControlContext, name: string, description: string): Command {
  return addCommand(context, name, description)
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--for <duration>', 'when it ends by itself, like 10m, 2h or 7d', parseDuration)
    .option('--dry-run', 'only say how many connections of how many users it would close');
}

function addCommand({ program, terminal }: ControlContext, name: string, description: string): Command {
  return withServerOptions(program.command(name).description(description), SERVER, terminal);
}

async function decide(
  context: ControlContext,
  path: 'revocations' | 'actions',
  target: object,
  { reason, for: durationMs, dryRun, ...options }: Options,
): Promise<void> {
  const expiresAt = durationMs === undefined ? undefined : new Date(Date.now() + durationMs).toISOString();
  const result = await connect(context, options).decide(path, { ...target, reason, expiresAt, dryRun });
  if ('dryRun' in result) report(context, result.edges, forecastText(result));
  else {
    report(context, result.edges, receiptText(result));
    print(context, `undo it with: npx @admit-one/cli undo ${result.id}${sameServer(options)}`);
  }
}

/** Edges that did not answer make the answer not whole. */
function report(context: ControlContext, { confirmed, unconfirmed }: Edges, text: string): void {
  print(context, `${text}; edges: ${confirmed.length} confirmed, ${unconfirmed.length} unconfirmed`);
  for (const edge of unconfirmed) print(context, `unconfirmed: ${edge}`);
  if (unconfirmed.length > 0) context.done(exitCodes.incomplete);
}

function connect({ terminal }: ControlContext, options: ServerOptions): AdminApi {
  return createAdminApi({ ...serverOf(options, SERVER, terminal), interrupted: terminal.interrupted });
}

function print({ terminal: { stdout } }: ControlContext, line: string): void {
  stdout.write(`${printable(line)}\n`);
}

function receiptText({ closed, expiresAt }: Receipt): string {
  return `done: ${closed} connections closed; ends ${expiresAt}`;
}

function forecastText({ connections, users }: Forecast): string {
  return `would close ${connections} connections of ${users} users`;
}

const SECONDS_OF_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Milliseconds of a duration such as `10m`. @throws {InvalidArgumentError} */
function parseDuration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (SECONDS_OF_UNIT[unit] ?? Number.NaN);
  if (!(seconds > 0))
    throw new InvalidArgumentError('It must be a number with s, m, h or d behind it, like 10m.');
  return seconds * 1000;
}
