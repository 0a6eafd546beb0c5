import type { Writable } from 'node:stream';
import type { Finding } from '@admit-one/core';
import { printable } from '../terminal.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Where findings are told. Whatever their texts hold, no credentials of a URL come out. */
export interface Report {
  /** @param group what was looked at */
  add(group: string, findings: readonly Finding[]): void;
  end(): { readonly faults: number; readonly warnings: number };
}

interface GroupedFinding extends Finding {
  readonly group: string;
}

const WORDS = { ok: 'ok   ', warning: 'warn ', fault: 'FAULT' } as const satisfies Record<
  Finding['level'],
  string
>;
const INDENT = ' '.repeat(7);

/** A line for each finding, by group, as they come; with `json`, one array of them at the end. */
export function createReport(stdout: Writable, { json }: { readonly json: boolean }): Report {
  const all: GroupedFinding[] = [];
  const count = (level: Finding['level']) => all.filter((finding) => finding.level === level).length;
  return {
    add(group, findings) {
      const clean = findings.map((finding) => cleaned(group, finding));
      all.push(...clean);
      if (!json) stdout.write(`${[printable(group), ...clean.flatMap(linesOf)].join('\n')}\n\n`);
    },
    end() {
      const [faults, warnings] = [count('fault'), count('warning')];
      stdout.write(json ? `${JSON.stringify(all, null, 2)}\n` : `${summary(faults, warnings)}\n`);
      return { faults, warnings };
    },
  };
}

function cleaned(group: string, { level, what, remedy }: Finding): GroupedFinding {
  const told = { group, level, what: withoutSecrets(what) };
  return remedy === undefined ? told : { ...told, remedy: withoutSecrets(remedy) };
}

function linesOf({ level, what, remedy }: Finding): readonly string[] {
  const line = `${WORDS[level]}  ${printable(what)}`;
  return remedy === undefined
    ? [line]
    : [line, ...remedy.split('\n').map((part) => INDENT + printable(part))];
}

function summary(faults: number, warnings: number): string {
  if (faults + warnings === 0) return 'All is well.';
  return `${counted(faults, 'fault')}, ${counted(warnings, 'warning')}.`;
}

function counted(count: number, word: string): string {
  return `${count === 0 ? 'no' : count} ${word}${count === 1 ? '' : 's'}`;
}
