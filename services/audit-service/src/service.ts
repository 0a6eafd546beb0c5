import { type AuditLog, type Bus, createStoreClock, type StoreClock, startReporter } from '@admit-one/core';
import { createGuard, TimeReply, ticketSubjects } from '@admit-one/gate';
import { createTokenVerifier } from '@admit-one/identity';
import { createClosers, type Logger, type ReadinessCheck, type Telemetry } from '@admit-one/runtime';
import type { FastifyPluginAsync } from 'fastify';
import { auditRoutes } from './api/audit-routes.ts';
import type { AuditConfig } from './config.ts';
import { startGapWatch } from './gaps/gap-watch.ts';
import { startIngest } from './ingest/ingest.ts';

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
  /** Stops taking events. Bus and audit log stay open: they belong to whoever opened them. */
  stop(): Promise<void>;
}

const TIME_TIMEOUT_MS = 500;

/**
 * Starts bringing events into the audit log, watching their sequences, and counting them.
 * @throws {AuditLogError | BusError} where audit log or bus do not answer; nothing goes on running then
 */
export async function startAuditService(
  { operators, gapGraceMs, gapCheckMs }: AuditConfig,
  { instance, bus, auditLog, log, telemetry }: AuditServiceDependencies,
): Promise<AuditService> {
  const { meter } = telemetry;
  const tokens = createTokenVerifier({ issuers: operators });
  const clock = await storeClockFrom(bus);
  const closers = createClosers();
  const ingest = await startIngest({ events: bus.events, auditLog, log, meter, clock });
  closers.add('ingest', ingest.stop);
  const gapWatch = startGapWatch({ auditLog, log, meter, graceMs: gapGraceMs, checkMs: gapCheckMs });
  closers.add('gap watch', gapWatch.stop);
  const reporter = startReporter({
    service: 'audit-service',
    instance,
    events: bus.events,
    clock,
    onFault: (error) => log.warn({ err: error }, 'report_failed'),
  });
  closers.add('reporter', reporter.stop);

  return {
    routes: auditRoutes({ auditLog, tokens }),
    readiness: { auditLog: () => auditLog.ping(), bus: () => bus.connected },
    stop: closers.close,
  };
}

/** A clock that has heard the store's time, if a ticket-service is there to tell it. */
async function storeClockFrom({ requests }: Bus): Promise<StoreClock> {
  const clock = createStoreClock();
  const isTimeReply = createGuard(TimeReply);
  const reply = await requests.request(ticketSubjects.time, {}, TIME_TIMEOUT_MS).catch(() => undefined);
  if (isTimeReply(reply)) clock.observe(reply.now);
  return clock;
}
