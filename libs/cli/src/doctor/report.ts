import type { Writable } from 'node:stream';
import type { Diagnostic } from '@admit-one/core';
import { printable } from '../terminal.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Where diagnostics are told. Whatever their texts hold, no credentials of a URL come out. */
export interface Report {
  /** @param group what was looked at */
  add(group: string, diagnostics: readonly Diagnostic[]): void;
  end(): { readonly errors: number; readonly warnings: number };
}

interface GroupedDiagnostic extends Diagnostic {
  readonly group: string;
}

const WORDS = { ok: 'ok   ', warning: 'warn ', error: 'ERROR' } as const satisfies Record<
  Diagnostic['level'],
  string
>;
const INDENT = ' '.repeat(7);

/** A line for each diagnostic, by group, as they come; with `json`, one array of them at the end. */
export function createReport(stdout: Writable, { json }: { readonly json: boolean }): Report {
  const all: GroupedDiagnostic[] = [];
  const count = (level: Diagnostic['level']) => all.filter((diagnostic) => diagnostic.level === level).length;
  return {
    add(group, diagnostics) {
      const clean = diagnostics.map((diagnostic) => cleaned(group, diagnostic));
      all.push(...clean);
      if (!json) stdout.write(`${[printable(group), ...clean.flatMap(linesOf)].join('\n')}\n\n`);
    },
    end() {
      const [errors, warnings] = [count('error'), count('warning')];
      stdout.write(json ? `${JSON.stringify(all, null, 2)}\n` : `${summary(errors, warnings)}\n`);
      return { errors, warnings };
    },
  };
}

function cleaned(group: string, { level, message, remedy }: Diagnostic): GroupedDiagnostic {
  const told = { group, level, message: withoutSecrets(message) };
  return remedy === undefined ? told : { ...told, remedy: withoutSecrets(remedy) };
}

function linesOf({ level, message, remedy }: Diagnostic): readonly string[] {
  const line = `${WORDS[level]}  ${printable(message)}`;
  return remedy === undefined
    ? [line]
    : [line, ...remedy.split('\n').map((part) => INDENT + printable(part))];
}

function summary(errors: number, warnings: number): string {
  if (errors + warnings === 0) return 'All is well.';
  return `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`;
}

function counted(count: number, word: string): string {
  return `${count === 0 ? 'no' : count} ${word}${count === 1 ? '' : 's'}`;
}
