/** The exit codes of `admit`. */
export const exitCodes = {
  clean: 0,
  /** The server refused or closed, or could not be reached; or there is a fault in what was checked. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What ends a command early, told in one line. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandFault';
    this.exitCode = exitCode;
  }
}
