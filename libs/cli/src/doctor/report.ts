import type { Writable } from 'node:stream';
import type { GroupedDiagnostic } from '@admit-one/diagnostics';
import { printable } from '../terminal.ts';

/** Prints diagnostics as they come, one line each below a line for the group; or, with `json`, as one array at the end. */
export interface DiagnosticReport {
  add(diagnostics: readonly GroupedDiagnostic[]): void;
  /** Prints the summary, or the array. Returns the number of errors. */
  end(): number;
}

type Level = GroupedDiagnostic['level'];

const WORDS = { ok: 'ok   ', warning: 'warn ', error: 'ERROR' } as const satisfies Record<Level, string>;
const INDENT = ' '.repeat(7);

export function createReport(stdout: Writable, { json }: { readonly json: boolean }): DiagnosticReport {
  const all: GroupedDiagnostic[] = [];
  const count = (level: Level) => all.filter((diagnostic) => diagnostic.level === level).length;
  return {
    add(diagnostics) {
      all.push(...diagnostics);
      if (json) return;
      for (const [group, lines] of linesByGroup(diagnostics))
        stdout.write(`${[printable(group), ...lines].join('\n')}\n\n`);
    },
    end() {
      const errors = count('error');
      stdout.write(json ? `${JSON.stringify(all, null, 2)}\n` : `${summary(errors, count('warning'))}\n`);
      return errors;
    },
  };
}

function linesByGroup(diagnostics: readonly GroupedDiagnostic[]): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>();
  for (const diagnostic of diagnostics) {
    const { group } = diagnostic;
    lines.set(group, [...(lines.get(group) ?? []), ...linesOf(diagnostic)]);
  }
  return lines;
}

function linesOf({ level, message, remedy }: GroupedDiagnostic): readonly string[] {
  const line = `${WORDS[level]}  ${printable(message)}`;
  return remedy === undefined
    ? [line]
    : [line, ...remedy.split('\n').map((part) => INDENT + printable(part))];
}

function summary(errors: number, warnings: number): string {
  if (errors + warnings === 0) return 'No errors, no warnings.';
  return `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`;
}

function counted(count: number, word: string): string {
  return `${count === 0 ? 'no' : count} ${word}${count === 1 ? '' : 's'}`;
}
