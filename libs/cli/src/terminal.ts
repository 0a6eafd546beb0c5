import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { escapeInvisible } from '@admit-one/text';

/** The streams and environment of a command: the process's own, or a test's. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** Resolves when the reader of stdout has read enough for more, or on Ctrl-C. */
export async function drained({ stdout, interrupted }: Terminal): Promise<void> {
  if (stdout.writableNeedDrain) await once(stdout, 'drain', { signal: interrupted }).catch(() => {});
}

/** Progress messages on stderr, which keep stdout free for the output. */
export interface Progress {
  info(line: string): void;
  /** Printed with `--verbose` only. */
  debug(line: string): void;
}

export function createProgress(stderr: Writable, { verbose = false } = {}): Progress {
  const info = (line: string) => void stderr.write(`[admit] ${printable(line)}\n`);
  return { info, debug: verbose ? info : () => {} };
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Escapes invisible characters as JSON does, so that text stays on one line and cannot control the terminal. */
export function printable(text: string): string {
  return escapeInvisible(text.replace(/[\n\r\t]/g, (character) => SHORT[character] ?? character));
}
