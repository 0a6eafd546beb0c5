import type { Writable } from 'node:stream';
import { printable } from './terminal.ts';

/** Tells the user what happens, line by line, away from the output proper. */
export interface Narrator {
  say(line: string): void;
  /** Says it only to those who want to know everything. */
  detail(line: string): void;
}

export function createNarrator(stderr: Writable, { verbose }: { readonly verbose: boolean }): Narrator {
  const say = (line: string) => void stderr.write(`[admit] ${printable(line)}\n`);
  return { say, detail: verbose ? say : () => {} };
}
