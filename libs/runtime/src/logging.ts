import type { Redact } from '@admit-one/config';
import type { ReporterOptions, Severity } from '@admit-one/core';
import { escapeUnits } from '@admit-one/text';
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
 * Characters in user data that control terminals, that some programs read as line ends, or that change the text
 * direction.
 */
const UNSAFE = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

export interface LoggingOptions {
  readonly level: string;
  readonly service: string;
  readonly instance: string;
  /** Readable lines instead of JSON. */
  readonly forPeople?: boolean;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
  /** Removes secrets from the lines. Default: lines are written as they are. */
  readonly redact?: Redact;
}

/** Logs JSON lines with `severity` and `message`, as Cloud Logging expects. */
export function createLogger(options: LoggingOptions): Logger {
  const { level, service, instance, forPeople, destination, redact = (line) => line } = options;
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
  // Synchronous, so that lines are in order and written when the process exits.
  const output = escapingLines(destination ?? pino.destination({ dest: 1, sync: true }), redact);
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

/** Escapes the unsafe characters that JSON allows. They occur only inside strings. */
function escapingLines(output: DestinationStream, redact: Redact): DestinationStream {
  return { write: (line) => output.write(redact(line).replace(UNSAFE, escapeUnits)) };
}

/** Logs at the level of a reason's severity. */
export function logAt(log: Logger, severity: Severity, facts: object, message: string): void {
  log[levels[severity]](facts, message);
}

/** Logs what a service's reporter could not send. */
export function reporterLog(log: Logger): Pick<ReporterOptions, 'onError' | 'onLost'> {
  return {
    onError: (error) => log.error({ err: error }, 'events_not_sent'),
    onLost: (count, because) => log.error({ count, err: because }, 'events_lost'),
  };
}
