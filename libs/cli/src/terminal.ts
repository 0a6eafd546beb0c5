import type { Readable, Writable } from 'node:stream';

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
  return text.replace(/\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character] ?? `\\u${code}`;
  });
}
