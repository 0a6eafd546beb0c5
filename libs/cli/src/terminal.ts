import type { Readable, Writable } from 'node:stream';
import { escapeUnits } from '@admit-one/core';

/** What a command works with: the process's own streams, or a test's. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** Text on one line that cannot steer a terminal: control characters as JSON would write them. */
export function printable(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[character] ?? escapeUnits(character),
  );
}
