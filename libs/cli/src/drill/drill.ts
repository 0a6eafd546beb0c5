import { type ExitCode, exitCodes } from '../command-error.ts';
import { attempt, type ProbeTarget } from '../probe/attempt.ts';
import { createProgress, printable, type Terminal } from '../terminal.ts';
import { armUndo, runCommand } from './arm-undo.ts';
import { type AuditLogChecks, waitForAuditLog } from './audit-log-checks.ts';
import { type DrillName, drills, RECOVERY_MS } from './drills.ts';
import { type HeldConnection, holdConnection } from './held-connections.ts';
import { judge } from './judge.ts';
import { createWatch, type Watch } from './watch.ts';

export interface DrillOptions {
  readonly name: DrillName;
  readonly target: ProbeTarget;
  /** Null where no operator's token was given. */
  readonly audit: AuditLogChecks | null;
  /** Commands of the operator. */
  readonly commands: { readonly break: string; readonly undo: string };
  /** From the break to its end. */
  readonly forMs: number;
}

/** How many connections are open before the break. */
const HELD = 3;

/**
 * Breaks something for a while, watches what users notice, and prints what happened second by second and whether it is what
 * is promised. It is mended when that is over, on Ctrl-C, and when this process dies.
 * @returns 1 where a promise did not hold
 * @throws {CommandError} where nobody gets in before it, or a command fails
 */
export async function drill(options: DrillOptions, terminal: Terminal): Promise<ExitCode> {
  const { name, target, audit, forMs } = options;
  const { stdout, stderr, interrupted } = terminal;
  const write = (line: string) => void stdout.write(`${printable(line)}\n`);
  const healthy = await attempt(target);
  if (healthy.failure) throw healthy.failure;
  const missingBefore = (await audit?.missing()) ?? 0;
  const firing = (await audit?.firing()) ?? [];
  const held: HeldConnection[] = [];
  try {
    for (let n = 0; n < HELD; n += 1) held.push(await holdConnection(target));
    const watch = createWatch({ target, audit, held, firing, write, interrupted });
    const undoneAtMs = await breakAndMend(options, watch);
    await watch.until(() => watch.nowMs() > undoneAtMs + RECOVERY_MS || isBack(watch, undoneAtMs));
    const { attempts, fired } = watch;
    const found = audit && (await waitForAuditLog(audit, attempts, missingBefore, interrupted));
    if (interrupted.aborted) {
      createProgress(stderr).info('interrupted: it is mended, and nothing is judged');
      return exitCodes.failure;
    }
    const verdicts = judge(drills[name], { attempts, undoneAtMs, open: held, audit: found });
    for (const { held: isHeld, text } of verdicts) write(`${isHeld ? 'held    ' : 'NOT HELD'}  ${text}`);
    if (audit) write(alertsText(name, forMs, fired));
    return verdicts.every((verdict) => verdict.held) ? exitCodes.success : exitCodes.failure;
  } finally {
    for (const connection of held) connection.close();
  }
}

/** Returns when it was mended, by the clock of the watch. */
async function breakAndMend({ commands, forMs }: DrillOptions, watch: Watch): Promise<number> {
  const undo = await armUndo(commands.undo);
  try {
    watch.print(`break: ${commands.break}`);
    let hasFailed = false;
    const breaking = runCommand('--break', commands.break);
    breaking.catch(() => {
      hasFailed = true;
    });
    await watch.until(() => hasFailed || watch.nowMs() >= forMs);
    await breaking;
  } finally {
    await undo.run();
    watch.print(`undone: ${commands.undo}`);
  }
  return watch.nowMs();
}

/** Whether new users get in again: several, one after the other. */
function isBack({ attempts }: Watch, undoneAtMs: number): boolean {
  const last = attempts.filter(({ atMs }) => atMs >= undoneAtMs).slice(-3);
  return last.length === 3 && last.every(({ ticketId }) => ticketId !== null);
}

function alertsText(name: DrillName, forMs: number, fired: ReadonlySet<string>): string {
  const { alert } = drills[name];
  const others = fired.size === 0 ? 'no alert fired' : `alerts that fired: ${[...fired].join(', ')}`;
  return fired.has(alert.name) || forMs >= alert.afterSeconds * 1_000
    ? others
    : `${others}; ${alert.name} may take ${alert.afterSeconds} s, see --for`;
}
