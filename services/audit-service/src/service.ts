import { type AuditLog, type Bus, createStoreClock, startReporter } from '@admit-one/core';
import {
  createClosers,
  type Logger,
  type ReadinessCheck,
  reporterLog,
  type Telemetry,
} from '@admit-one/runtime';
import { createTicketClient, startClockSync } from '@admit-one/ticket-client';
import type { FastifyPluginAsync } from 'fastify';
import { auditRoutes } from './api/audit-routes.ts';
import { createNoteRefusedRead } from './api/refused-reads.ts';
import type { AuditConfig } from './config.ts';
import { startGapWatch } from './gaps/gap-watch.ts';
import { startIngest } from './ingest/ingest.ts';
import { createBreakGlassTrace } from './operators/break-glass-trace.ts';
import { createAuthorize } from './operators/create-authorize.ts';
import { createOutageLog } from './outage-log.ts';
import { startWithRetry } from './start-with-retry.ts';

export interface AuditServiceDependencies {
  /** This run of the process: the partition key of its own events. */
  readonly instance: string;
  readonly bus: Bus;
  readonly auditLog: AuditLog;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}

export interface AuditService {
  readonly routes: FastifyPluginAsync;
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  /**
   * Stops taking events, and waits until the signal aborts for a bus that takes its own. Bus and audit log stay open:
   * they belong to whoever opened them.
   */
  stop(signal?: AbortSignal): Promise<void>;
}

const RETRY_MS = 1_000;

/**
 * Starts bringing events into the audit log, watching their sequences, and counting them. Where audit log or bus do not
 * answer it goes on trying, and is not ready before they do.
 */
export async function startAuditService(
  { operators, gapGraceMs, gapCheckMs }: AuditConfig,
  { instance, bus, auditLog, log, telemetry }: AuditServiceDependencies,
): Promise<AuditService> {
  const { meter } = telemetry;
  const authorize = createAuthorize(operators, log, meter);
  const clock = createStoreClock();
  const closers = createClosers();
  const waiting = createOutageLog({
    log,
    level: 'error',
    failure: 'ingest_not_started',
    recovery: 'ingest_started',
  });
  const ingest = await startWithRetry({
    async start() {
      const running = await startIngest({ events: bus.events, auditLog, log, meter, clock });
      waiting.succeeded();
      return running;
    },
    onError: waiting.failed,
    retryMs: RETRY_MS,
  });
  closers.add('ingest', ingest.stop);
  closers.add('clock', await startClockSync(createTicketClient({ requests: bus.requests, clock })));
  const gapWatch = startGapWatch({ auditLog, log, meter, graceMs: gapGraceMs, checkMs: gapCheckMs });
  closers.add('gap watch', gapWatch.stop);
  const reporter = startReporter({
    service: 'audit-service',
    instance,
    events: bus.events,
    clock,
    ...reporterLog(log),
  });
  closers.add('reporter', reporter.stop);

  const breakGlass = createBreakGlassTrace({ log, reporter, instance });
  const noteRefusedRead = createNoteRefusedRead({ reporter, instance });

  return {
    routes: auditRoutes({ auditLog, authorize, breakGlass, noteRefusedRead }),
    readiness: {
      auditLog: () => auditLog.ping(),
      bus: () => bus.connected,
      ingest: () => ingest.running,
    },
    stop: closers.close,
  };
}
