import { type Command, InvalidArgumentError } from 'commander';
import { CommandError, type ExitCode, exitCodes } from '../command-error.ts';
import { DEFAULT_URL, parseBaseUrl } from '../http/base-url.ts';
import { createProgress, type Terminal } from '../terminal.ts';
import { addAcknowledgeCommand } from './acknowledge-command.ts';
import { addAlertsCommand } from './alerts-command.ts';
import { createAuditApi } from './api/audit-api.ts';
import { operatorTokenOf } from './api/operator-token.ts';
import type { AuditContext } from './audit-context.ts';
import { addCompletenessCommand } from './completeness-command.ts';
import { addExplainCommand } from './explain-command.ts';
import { addExportCommand } from './export/export-command.ts';
import { addRebuildCommand } from './rebuild-command.ts';
import { addSearchCommand } from './search-command.ts';
import { addStoryCommand } from './story-command.ts';
import { addSummaryCommand } from './summary-command.ts';
import { addTailCommand } from './tail-command.ts';
import { addWhyCommand } from './why-command.ts';

interface ServerOptions {
  readonly url?: URL;
  readonly tokenFile?: string;
  readonly dataDir: string;
}

/** Adds `admit audit`: the audit log, for operators; and `admit why`. @param done receives the exit code */
export function addAuditCommand(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  const context = createContext(terminal, done);
  const audit = program
    .command('audit')
    .description(
      'Searches the audit log of tickets and connections, and explains what happened.\n' +
        'The operator token is in the file of --token-file, in ADMIT_OPERATOR_TOKEN, or in the data directory of a local server.',
    )
    .configureHelp({ showGlobalOptions: true });
  withServerOptions(audit, terminal);
  addSearchCommand(audit, context);
  addTailCommand(audit, context);
  addStoryCommand(audit, context);
  addWhyCommand(audit, context);
  addExplainCommand(audit, context);
  addSummaryCommand(audit, context);
  addExportCommand(audit, context);
  addAlertsCommand(audit, context);
  addCompletenessCommand(audit, context);
  addAcknowledgeCommand(audit, context);
  addRebuildCommand(audit, context);
  withServerOptions(addWhyCommand(program, context), terminal);
}

function withServerOptions(command: Command, { env }: Terminal): void {
  command
    .option('--url <url>', `URL of the audit-service (default: AUDIT_URL, or ${DEFAULT_URL})`, parseBaseUrl)
    .option('--token-file <file>', 'file with the operator token')
    .option('--data-dir <directory>', 'data directory of a local server', env.DATA_DIR || '.data');
}

function createContext(terminal: Terminal, done: (code: ExitCode) => void): AuditContext {
  const { env, stderr, interrupted } = terminal;
  const progress = createProgress(stderr);
  return {
    terminal,
    progress,
    done,
    connect(command) {
      const options = command.optsWithGlobals<ServerOptions>();
      const { url = defaultUrl(env.AUDIT_URL), tokenFile, dataDir } = options;
      const token = operatorTokenOf({ tokenFile, dataDir, env });
      return createAuditApi({ url, token, progress, interrupted });
    },
  };
}

function defaultUrl(variable: string | undefined): URL {
  try {
    return parseBaseUrl(variable || DEFAULT_URL);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new CommandError(`AUDIT_URL is not a URL. ${error.message}`, exitCodes.usage, { cause: error });
  }
}
