import type { Command } from 'commander';
import type { ExitCode } from '../command-error.ts';
import type { Progress, Terminal } from '../terminal.ts';
import type { AuditApi } from './api/audit-api.ts';

/** What the subcommands of `admit audit` have in common. */
export interface AuditContext {
  readonly terminal: Terminal;
  readonly progress: Progress;
  /**
   * The audit API that the options of a command name.
   * @throws {CommandError} where a URL is invalid, or there is no operator token
   */
  connect(command: Command): AuditApi;
  /** Receives the exit code. */
  done(code: ExitCode): void;
}
