import type { Diagnostic } from '@admit-one/core';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { createNarrator } from '../narrator.ts';
import type { Terminal } from '../terminal.ts';
import { boundedInspection } from './bounded-inspection.ts';
import { type Inspection, inspectionsOf } from './inspections.ts';
import { createReport } from './report.ts';
import type { ServiceName } from './service-names.ts';
import { readSettings } from './settings.ts';

export interface DoctorOptions {
  readonly services: readonly ServiceName[];
  /** Where running processes have their metrics. */
  readonly metrics: readonly URL[];
  readonly json: boolean;
}

const TELL_EVERY_MS = 1_000;

/** Checks the settings, and at the same time everything that they name. Each group is told as soon as those before it are. */
export async function doctor(options: DoctorOptions, terminal: Terminal): Promise<ExitCode> {
  const { services, metrics, json } = options;
  const settings = readSettings(services, terminal.env);
  const running = startAll(inspectionsOf(settings.sound, metrics), terminal);

  const report = createReport(terminal.stdout, { json });
  report.add('settings', settings.diagnostics);
  for (const { group, diagnostics } of running) report.add(group, await diagnostics);
  return report.end().errors > 0 ? exitCodes.refused : exitCodes.clean;
}

interface Running {
  readonly group: string;
  readonly diagnostics: Promise<readonly Diagnostic[]>;
}

/** Starts all at once, and tells every second what is still waited for. */
function startAll(inspections: readonly Inspection[], terminal: Terminal): readonly Running[] {
  const waitingFor = new Set(inspections);
  const narrator = createNarrator(terminal.stderr, { verbose: false });
  const telling = setInterval(() => {
    narrator.say(`waiting for ${[...waitingFor].map(({ group }) => group).join(', ')}`);
  }, TELL_EVERY_MS);

  async function run(inspection: Inspection): Promise<readonly Diagnostic[]> {
    const diagnostics = await boundedInspection(inspection, terminal.interrupted);
    waitingFor.delete(inspection);
    return diagnostics;
  }
  const running = inspections.map((inspection) => ({
    group: inspection.group,
    diagnostics: run(inspection),
  }));
  void Promise.all(running.map(({ diagnostics }) => diagnostics)).then(() => clearInterval(telling));
  return running;
}
