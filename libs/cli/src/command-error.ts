/** The exit codes of `admit`. */
export const exitCodes = {
  success: 0,
  /** The server rejected or closed the connection, or is unreachable; or a check found an error. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The audit log has nothing that matches. */
  notFound: 3,
  /** The answer is not whole: an export stopped early, or events are missing from the audit log. */
  incomplete: 4,
  /** The step at which `admit probe --once` failed. */
  probeToken: 10,
  probeTicket: 11,
  probeUpgrade: 12,
  probeEcho: 13,
  probeClose: 14,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An error that ends a command. Printed as one line, without a stack. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
