import type { Redact } from '@admit-one/config';
import { AuditLogError, BusError, StoreError } from '@admit-one/core';
import { escapeUnits } from '@admit-one/text';
import { type DestinationStream, type LoggerOptions, pino, stdSerializers } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { LogEventName, LogEventNameAt, LogFacts, LogSeverityOf } from './log-events/catalogue.ts';
import type { LogSeverity } from './log-events/log-event-row.ts';

/** Logs lines of the catalogue (`log-events/catalogue.ts`), each at a severity that it may have. */
export interface Logger {
  readonly debug: LogAt<'DEBUG'>;
  readonly info: LogAt<'INFO'>;
  readonly warn: LogAt<'WARNING'>;
  readonly error: LogAt<'ERROR'>;
  readonly fatal: LogAt<'CRITICAL'>;
  /** Whether lines of a level are written. Facts for a line that is not need not be made. */
  isLevelEnabled(level: Level): boolean;
}

type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

interface LogAt<S extends LogSeverity> {
  <Name extends LogEventNameAt<S>>(facts: LogFacts<Name>, name: Name): void;
  (name: LogEventNameAt<S>): void;
}

/** Cloud Logging's names for pino's levels. */
const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

const levels = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
} as const satisfies Record<LogSeverity, Level>;

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
    serializers: { err: serializeError },
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

/** An outage is expected and has no bug to find: its error goes without a stack. */
function serializeError(error: unknown): unknown {
  if (!isOfOutage(error)) return stdSerializers.err(error as Error);
  const { name: type, code, message } = error;
  return { type, code, message };
}

function isOfOutage(error: unknown): error is StoreError | BusError | AuditLogError {
  return error instanceof StoreError || error instanceof BusError || error instanceof AuditLogError;
}

/** Logs a line at one of the severities that it may have. */
export function logAt<Name extends LogEventName>(
  log: Logger,
  severity: LogSeverityOf<Name>,
  facts: LogFacts<Name>,
  name: Name,
): void {
  const write: (this: Logger, facts: object, name: string) => void = log[levels[severity]];
  write.call(log, facts, name);
}

/** Whether `logAt` would write a line. */
export function isLogged(log: Logger, severity: LogSeverity): boolean {
  return log.isLevelEnabled(levels[severity]);
}
