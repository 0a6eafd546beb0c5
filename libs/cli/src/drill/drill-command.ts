import { Argument, type Command } from 'commander';
import { createAuditApi } from '../audit/api/audit-api.ts';
import { operatorTokenOf } from '../audit/api/operator-token.ts';
import { CommandError, type ExitCode, exitCodes } from '../command-error.ts';
import { parseBaseUrl } from '../http/base-url.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { type TargetOptions, targetOf, withTargetOptions } from '../probe/target-options.ts';
import { createProgress, type Progress, type Terminal } from '../terminal.ts';
import { type AuditLogChecks, createAuditLogChecks } from './audit-log-checks.ts';
import { drill } from './drill.ts';
import { type DrillName, drillNames, drills } from './drills.ts';

interface Options extends TargetOptions {
  readonly break: string;
  readonly undo: string;
  /** Seconds. */
  readonly for: number;
  readonly yes?: boolean;
  readonly auditUrl?: URL;
  readonly operatorTokenFile?: string;
  readonly dataDir: string;
}

/** Adds `admit drill`. @param done receives the exit code */
export function addDrillCommand(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  const command = program
    .command('drill')
    .description(
      'Breaks one thing for a while with a command of yours, connects as users do meanwhile, and says second by second what\n' +
        'they notice and whether it is what docs/operations.md promises. Undoes it at the end, on Ctrl-C, and if it dies itself.\n' +
        'For an installation whose users may be disturbed. Exits with 1 if a promise did not hold.',
    )
    .addArgument(new Argument('<what>', 'what the command breaks').choices(drillNames))
    .requiredOption('--break <command>', "shell command that breaks it, such as 'docker compose pause redis'")
    .requiredOption(
      '--undo <command>',
      "shell command that mends it, such as 'docker compose unpause redis'",
    );
  withTargetOptions(command)
    .option('--for <seconds>', 'how long it stays broken', parseSeconds(1, 3_600), 60)
    .option('--audit-url <url>', 'URL of the audit-service (default: AUDIT_URL, or --url)', parseBaseUrl)
    .option('--operator-token-file <file>', 'file with the operator token; or set ADMIT_OPERATOR_TOKEN')
    .option('--data-dir <directory>', 'data directory of a local server', terminal.env.DATA_DIR || '.data')
    .option('--yes', 'do it; without it, only says what would be done')
    .action(async (what: DrillName, options: Options) => {
      const progress = createProgress(terminal.stderr);
      for (const line of planOf(what, options)) progress.info(line);
      if (!options.yes) return progress.info('nothing was done. Add --yes to do it.');
      const audit = auditOf(options, terminal, progress);
      const target = await targetOf(options, terminal);
      const commands = { break: options.break, undo: options.undo };
      done(await drill({ name: what, target, audit, commands, forMs: options.for * 1_000 }, terminal));
    });
}

function planOf(what: DrillName, { url, break: breaking, undo, for: seconds }: Options): readonly string[] {
  return [
    `drill ${what} at ${url.href}, for ${seconds} s`,
    `break: ${breaking}`,
    `undo: ${undo}`,
    `promised: ${drills[what].says}`,
  ];
}

/** Null where there is no operator token: then alerts and audit log are not looked at. */
function auditOf(
  options: Options,
  { env, interrupted }: Terminal,
  progress: Progress,
): AuditLogChecks | null {
  const { auditUrl, url, operatorTokenFile: tokenFile, dataDir } = options;
  try {
    const token = operatorTokenOf({ tokenFile, dataDir, env });
    const base = auditUrl ?? (env.AUDIT_URL ? parseBaseUrl(env.AUDIT_URL) : url);
    return createAuditLogChecks(createAuditApi({ url: base, token, progress, interrupted }));
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== exitCodes.usage) throw error;
    progress.info(`alerts and audit log are not looked at. ${error.message}`);
    return null;
  }
}
