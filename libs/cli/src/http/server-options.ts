import { type Command, InvalidArgumentError } from 'commander';
import { type OperatorToken, operatorTokenOf } from '../audit/api/operator-token.ts';
import { CommandError, exitCodes } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';
import { DEFAULT_URL, parseBaseUrl } from './base-url.ts';

/** A server that operators ask, and the variable with its URL. */
export interface OperatorServer {
  readonly service: 'audit-service' | 'ticket-service';
  readonly variable: 'AUDIT_URL' | 'TICKETS_URL';
}

export interface ServerOptions {
  readonly url?: URL;
  readonly tokenFile?: string;
  readonly dataDir: string;
}

/** Adds the options of a command that asks a server as an operator. Returns the command. */
export function withServerOptions(
  command: Command,
  { service, variable }: OperatorServer,
  { env }: Pick<Terminal, 'env'>,
): Command {
  return command
    .option('--url <url>', `URL of the ${service} (default: ${variable}, or ${DEFAULT_URL})`, parseBaseUrl)
    .option('--token-file <file>', 'file with the operator token')
    .option('--data-dir <directory>', 'data directory of a local server', env.DATA_DIR || '.data');
}

/** Where the server is, and the operator's token. @throws {CommandError} where its variable is not a URL */
export function serverOf(
  { url, tokenFile, dataDir }: ServerOptions,
  { variable }: OperatorServer,
  { env }: Pick<Terminal, 'env'>,
): { readonly url: URL; readonly token: OperatorToken } {
  return {
    url: url ?? urlIn(variable, env[variable]),
    token: operatorTokenOf({ tokenFile, dataDir, env }),
  };
}

/** The option that names the same server, for a command that is printed to be run next. */
export function sameServer({ url }: Pick<ServerOptions, 'url'>): string {
  return url ? ` --url ${url.href.replace(/\/$/, '')}` : '';
}

function urlIn(variable: string, value: string | undefined): URL {
  try {
    return parseBaseUrl(value || DEFAULT_URL);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new CommandError(`${variable} is not a URL. ${error.message}`, exitCodes.usage, { cause: error });
  }
}
