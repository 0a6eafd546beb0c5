import { addAbortSignal } from 'node:stream';
import {
  explainToken,
  grouped,
  type Inspection,
  inspectionsOf,
  readSettings,
  runInspection,
  type ServiceName,
  type Settings,
  serviceNames,
} from '@admit-one/diagnostics';
import { CommandError, type ExitCode, exitCodes } from '../command-error.ts';
import { createProgress, type Terminal } from '../terminal.ts';
import { createReport } from './report.ts';

export interface DoctorOptions {
  readonly service: ServiceName | 'all';
  /** The metrics endpoints of running processes. */
  readonly metrics: readonly URL[];
  readonly json: boolean;
}

const PROGRESS_INTERVAL_MS = 1_000;

/** Checks the settings, and concurrently everything that they name. Prints the groups in order, each as soon as it is complete. */
export async function checkServices(options: DoctorOptions, terminal: Terminal): Promise<ExitCode> {
  const { service, metrics, json } = options;
  const services = service === 'all' ? serviceNames : [service];
  const settings = readSettings(services, terminal.env);
  const { redact } = settings;
  const running = runAll(inspectionsOf({ services, variables: settings.valid, metrics }), terminal, redact);

  const report = createReport(terminal.stdout, { json });
  report.add(grouped('settings', settings.diagnostics, redact));
  for (const diagnostics of running) report.add(await diagnostics);
  return report.end() > 0 ? exitCodes.failure : exitCodes.success;
}

/** Starts all inspections, and prints every second which are still running. */
function runAll(
  inspections: readonly Inspection[],
  { stderr, interrupted }: Terminal,
  redact: Settings['redact'],
) {
  const pending = new Set(inspections);
  const progress = createProgress(stderr);
  const timer = setInterval(() => {
    progress.info(`waiting for ${[...pending].map(({ group }) => group).join(', ')}`);
  }, PROGRESS_INTERVAL_MS);

  const running = inspections.map(async (inspection) => {
    const diagnostics = await runInspection(inspection, interrupted);
    pending.delete(inspection);
    return grouped(inspection.group, diagnostics, redact);
  });
  void Promise.all(running).then(() => clearInterval(timer));
  return running;
}

/** Explains the token on standard input. */
export async function explainTokenFromStdin(
  { service, json }: Pick<DoctorOptions, 'service' | 'json'>,
  terminal: Terminal,
): Promise<ExitCode> {
  if (service === 'ws-edge')
    throw new CommandError(
      'The ws-edge checks tickets, not tokens. Use --service ticket-service or --service audit-service.',
      exitCodes.usage,
    );
  const { stdout, env, interrupted } = terminal;
  const token = await readToken(terminal);
  const explanation = await Promise.race([explainToken(token, service, env), whenAborted(interrupted)]);
  if (!explanation) throw interruption();
  const report = createReport(stdout, { json });
  report.add(explanation.diagnostics);
  report.end();
  return explanation.accepted ? exitCodes.success : exitCodes.failure;
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function interruption(): CommandError {
  return new CommandError('Interrupted.', exitCodes.failure);
}

/** Far more than a service accepts. */
const MAX_CHARACTERS = 64 * 1024;
const BEARER = /^(?:authorization:\s*)?bearer\s+/i;

/** Reads a token, alone or as an `Authorization` header. */
async function readToken({ stdin, stderr, interrupted }: Terminal): Promise<string> {
  if (stdin.isTTY) createProgress(stderr).info('paste the token, then press Enter and Ctrl-D');
  let text = '';
  try {
    for await (const chunk of addAbortSignal(interrupted, stdin)) {
      text += String(chunk);
      if (text.length > MAX_CHARACTERS)
        throw new CommandError(
          `Standard input has more than ${MAX_CHARACTERS} characters: that is not a token.`,
          exitCodes.failure,
        );
    }
  } catch (error) {
    throw interrupted.aborted ? interruption() : error;
  }
  return text.trim().replace(BEARER, '');
}
