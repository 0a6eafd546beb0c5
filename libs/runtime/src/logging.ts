import { escapeUnits, type Severity } from '@admit-one/core';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';

export type { Logger } from 'pino';

/** Cloud Logging's names for pino's levels. */
const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

const levels = { INFO: 'info', WARNING: 'warn', CRITICAL: 'fatal' } as const satisfies Record<
  Severity,
  string
>;

/**
 * What terminals obey, some programs take for the end of a line, or turns the direction of what follows: users choose some
 * of what is logged.
 */
const DISTURBING = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

export interface LoggingOptions {
  readonly level: string;
  readonly service: string;
  readonly instance: string;
  /** Lines for people instead of JSON. */
  readonly forPeople?: boolean;
  /** Where lines go instead of standard output. */
  readonly destination?: DestinationStream;
}

/** A logger of JSON lines with `severity` and `message`, as Cloud Logging reads them. */
export function createLogger(options: LoggingOptions): Logger {
  const { level, service, instance, forPeople, destination } = options;
  const pinoOptions: LoggerOptions = {
    level,
    messageKey: 'message',
    base: { service, instance },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ severity: severities[label] }) },
    redact: {
      paths: ['authorization', '*.authorization', 'cookie', '*.cookie', 'headers', '*.headers'],
      remove: true,
    },
  };
  // Synchronous, so that lines are in order and out when the process exits right behind them.
  const output = escapingLines(destination ?? pino.destination({ dest: 1, sync: true }));
  if (!forPeople) return pino(pinoOptions, output);
  const { formatters: _, ...readable } = pinoOptions;
  const format = prettyFactory({
    messageKey: 'message',
    ignore: 'pid,hostname,instance',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return pino(readable, { write: (line) => output.write(format(line)) });
}

/** Escapes what JSON lets stand in a text. Nothing of it is in a line but inside of texts. */
function escapingLines(output: DestinationStream): DestinationStream {
  return { write: (line) => output.write(line.replace(DISTURBING, escapeUnits)) };
}

/** Writes a line at the level that a refusal's severity stands for. */
export function logAt(log: Logger, severity: Severity, facts: object, message: string): void {
  log[levels[severity]](facts, message);
}
