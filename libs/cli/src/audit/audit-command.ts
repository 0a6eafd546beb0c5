import type { Command } from 'commander';
import type { ExitCode } from '../command-error.ts';
import { type ServerOptions, serverOf, withServerOptions } from '../http/server-options.ts';
import { createProgress, type Terminal } from '../terminal.ts';
import { addAcknowledgeCommand } from './acknowledge-command.ts';
import { addAlertsCommand } from './alerts-command.ts';
import { createAuditApi } from './api/audit-api.ts';
import type { AuditContext } from './audit-context.ts';
import { addCaseCommand } from './case/case-command.ts';
import { addCompletenessCommand } from './completeness-command.ts';
import { addExplainCommand } from './explain-command.ts';
import { addExportCommand } from './export/export-command.ts';
import { addForgetCommand } from './forget-command.ts';
import { addRebuildCommand } from './rebuild-command.ts';
import { addSealsCommand } from './seals/seals-command.ts';
import { addVerifyCommand } from './seals/verify-command.ts';
import { addSearchCommand } from './search-command.ts';
import { addStoryCommand } from './story-command.ts';
import { addSummaryCommand } from './summary-command.ts';
import { addTailCommand } from './tail-command.ts';
import { addWhyCommand } from './why-command.ts';
import { addWithdrawCommand } from './withdraw-command.ts';

const SERVER = { service: 'audit-service', variable: 'AUDIT_URL' } as const;

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
  withServerOptions(audit, SERVER, terminal);
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
  addWithdrawCommand(audit, context);
  addSealsCommand(audit, context);
  addCaseCommand(audit, context);
  addVerifyCommand(audit, context);
  addForgetCommand(audit, context);
  addRebuildCommand(audit, context);
  withServerOptions(addWhyCommand(program, context), SERVER, terminal);
}

function createContext(terminal: Terminal, done: (code: ExitCode) => void): AuditContext {
  const { stderr, interrupted } = terminal;
  const progress = createProgress(stderr);
  return {
    terminal,
    progress,
    done,
    connect(command) {
      const server = serverOf(command.optsWithGlobals<ServerOptions>(), SERVER, terminal);
      return createAuditApi({ ...server, progress, interrupted });
    },
  };
}
