/** The severities of log lines, as Cloud Logging names them. */
export type LogSeverity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

/** One kind of log line. Its name is the line's `message`. */
export interface LogEventRow {
  /** All that it may have. */
  readonly severity: LogSeverity | readonly LogSeverity[];
  /** What has happened. */
  readonly meaning: string;
  /** What an operator does about it; absent where there is nothing to do. */
  readonly remedy?: string;
  /** The members of the line in addition to {@link commonMembers}, and what they hold. */
  readonly members?: Readonly<Record<string, string>>;
}

export type LogEventRows = Readonly<Record<string, LogEventRow>>;

/** Members that a line of any kind may have. */
export const commonMembers = {
  err: 'The error: its type and message, and its stack where it was not expected.',
  traceId: 'The trace of the request (W3C Trace Context), as in the events and the reply.',
  linkedTraceId: "The trace of the client's own `traceparent`.",
} as const;

/** The pair of lines that `createOutageLog` writes. */
export const outageMembers = { cause: 'The first error.', since: 'When it began.' } as const;
export const recoveryMembers = {
  downSeconds: 'How long it lasted.',
  failures: 'How many attempts failed.',
} as const;

/** Of what a reason of the reasons table decides. */
export const severityOfReason = ['INFO', 'WARNING', 'CRITICAL'] as const;
