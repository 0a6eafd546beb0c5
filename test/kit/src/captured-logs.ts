/** A log line, parsed. */
export interface LogLine {
  readonly severity?: string;
  readonly message?: string;
  readonly [fact: string]: unknown;
}

/** A destination for pino that keeps what is written to it. */
export interface CapturedLogs {
  write(text: string): void;
  /** Everything, byte for byte: what a search for secrets reads. */
  readonly text: string;
  /** The lines so far. @throws {SyntaxError} where one is not JSON */
  readonly lines: readonly LogLine[];
  /** The lines with a message. */
  named(message: string): readonly LogLine[];
}

/** Makes the destination: `pino(options, captureLogs())`. */
export function captureLogs(): CapturedLogs {
  let text = '';
  return {
    write(more) {
      text += more;
    },
    get text() {
      return text;
    },
    get lines() {
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line): LogLine => JSON.parse(line));
    },
    named(message) {
      return this.lines.filter((line) => line.message === message);
    },
  };
}
