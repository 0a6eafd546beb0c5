import { type FileHandle, open } from 'node:fs/promises';
import { CommandError, type ExitCode, exitCodes } from '../../command-error.ts';
import { drained, printable, type Terminal } from '../../terminal.ts';
import type { ExportFormat } from './export-format.ts';

/** Where the lines of an export go. */
export interface ExportSink {
  /** Writes a line. The head of CSV is written once, and not to an output that is continued. */
  write(kind: 'head' | 'event', line: string): Promise<void>;
  /** Resolves when all lines are written. */
  close(): Promise<void>;
}

export interface ExportTarget {
  readonly format: ExportFormat;
  /** Whether the output has the beginning of this export. */
  readonly continues: boolean;
}

/** The file of an export cannot be opened or written. */
export class FileError extends CommandError {
  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, exitCode, options);
    this.name = 'FileError';
  }
}

/** Standard output. On a terminal, invisible characters are escaped. */
export function stdoutSink(terminal: Terminal, target: ExportTarget): ExportSink {
  const { stdout } = terminal;
  return {
    write: lineWriter(target, target.continues, async (text) => {
      stdout.write(stdout.isTTY ? `${printable(text.trimEnd())}\n` : text);
      await drained(terminal);
    }),
    close: async () => {},
  };
}

const BUFFER_CHARACTERS = 64 * 1024;

/**
 * A file that only its owner can read: a new one, or the one of the export that is continued.
 * @throws {FileError} where it exists already, or cannot be written
 */
export async function openFileSink(file: string, target: ExportTarget): Promise<ExportSink> {
  const handle = await openFile(file, target);
  const { size } = await handle.stat();
  let buffer = '';

  async function flush(): Promise<void> {
    const text = buffer;
    buffer = '';
    await handle.writeFile(text).catch((error: unknown) => {
      throw writeError(file, error);
    });
  }

  return {
    write: lineWriter(target, size > 0, async (text) => {
      buffer += text;
      if (buffer.length >= BUFFER_CHARACTERS) await flush();
    }),
    async close() {
      await flush().finally(() => handle.close());
    },
  };
}

function lineWriter(
  { format }: ExportTarget,
  headIsThere: boolean,
  write: (text: string) => Promise<void>,
): ExportSink['write'] {
  // RFC 4180
  const end = format === 'csv' ? '\r\n' : '\n';
  let hasHead = headIsThere;
  return async (kind, line) => {
    if (kind === 'head' && hasHead) return;
    hasHead = true;
    await write(line + end);
  };
}

async function openFile(file: string, { continues }: ExportTarget): Promise<FileHandle> {
  try {
    return await open(file, continues ? 'a' : 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeError(file, error);
    throw new FileError(
      `${file} exists and is not overwritten. Name another file, or continue its export with since=<position>.`,
      exitCodes.usage,
      { cause: error },
    );
  }
}

function writeError(file: string, error: unknown): FileError {
  return new FileError(`${file} cannot be written (${(error as Error).message}).`, exitCodes.failure, {
    cause: error,
  });
}
