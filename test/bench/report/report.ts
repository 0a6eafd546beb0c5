import type { Options } from '../options.ts';
import type { Figure } from './figures.ts';
import type { Machine } from './machine.ts';
import type { Verdict } from './targets.ts';

/** What a bench has found, as `--json` writes it and `--compare` reads it. */
export interface Report {
  readonly format: typeof REPORT_FORMAT;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly options: Options;
  readonly figures: readonly Figure[];
  readonly verdicts: readonly Verdict[];
  /** Failures of visitors and of whole measures, and how often each occurred. They count in no figure. */
  readonly failures: Readonly<Record<string, number>>;
}

export const REPORT_FORMAT = 2;

/** Reads what `--json` wrote. @throws {Error} where it is no such report */
export function parseReport(text: string): Report {
  const report: Partial<Report> = JSON.parse(text);
  if (report.format !== REPORT_FORMAT || !Array.isArray(report.figures))
    throw new Error('it is not a report of this bench');
  return report as Report;
}
