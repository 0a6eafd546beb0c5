import type { AuditConfig, Setting } from '@admit-one/config';
import { AUDIT_CONSUMER, type AuditLog, type Bus, createStoreClock, startReporter } from '@admit-one/core';
import {
  createClosers,
  createFailureLimit,
  createOperatorAccess,
  type Dependencies,
  type Logger,
  observeClock,
  observeIssuerKeys,
  problemUnless,
  type ReadinessChecks,
  reporterOptionsOf,
  shared,
  type Telemetry,
} from '@admit-one/runtime';
import { createTicketClient, startClockSync } from '@admit-one/ticket-client';
import type { FastifyPluginAsync } from 'fastify';
import { startAlerts } from './alerts/alerts.ts';
import { type AlertRule, logAlertRules } from './alerts/rules.ts';
import type { ConsoleFiles } from './console/console-files.ts';
import { serveControlHistory } from './control/control-history.ts';
import { startGapWatch } from './gaps/gap-watch.ts';
import { startLostEdges } from './gaps/lost-edges.ts';
import { startIngestWithRetry } from './ingest/start-ingest-with-retry.ts';
import { startStreamTrim } from './ingest/trim-stream.ts';
import type { LiveTail } from './live/live-tail.ts';
import { createLoggedTail } from './live/logged-tail.ts';
import { observeEventTotals } from './metrics/event-totals.ts';
import { observeLog } from './metrics/log-gauges.ts';
import { observeEvents } from './metrics/observe-events.ts';
import { observePending } from './metrics/observe-pending.ts';
import { createPseudonyms, noPseudonyms } from './pseudonyms/pseudonyms.ts';
import { startRetention } from './retention/start-retention.ts';
import { startSealing } from './seals/start-sealing.ts';
import { serviceRoutes } from './service-routes.ts';

export interface AuditServiceDependencies {
  /** The name of the process. */
  readonly service: string;
  /** This run of the process: the partition key of the events that it reports. */
  readonly instance: string;
  readonly bus: Bus;
  readonly auditLog: AuditLog;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly dependencies: Dependencies;
  /** By default those of the package `observability`. */
  readonly alertRules?: readonly AlertRule[];
  /** Of the process, for its operators; none by default. */
  readonly settings?: readonly Setting[];
  /** Null for none, which is the default. */
  readonly console?: ConsoleFiles | null;
}

export interface AuditService {
  /** New events, as they are stored. */
  readonly tail: LiveTail;
  readonly routes: FastifyPluginAsync;
  readonly readiness: ReadinessChecks;
  /**
   * Stops the ingest, and publishes its own last events: until the signal aborts, it waits for the bus. The caller
   * closes bus and audit log.
   */
  stop(signal?: AbortSignal): Promise<void>;
}

/** How long an answer of the audit log is kept for `/readyz`, where anyone may ask. */
const KEPT_MS = 1_000;

/**
 * Starts the ingest of events into the audit log, the gap watch and the audit API. While the audit log or the bus is
 * unavailable it retries, and is not ready.
 */
export async function startAuditService(
  config: AuditConfig,
  deps: AuditServiceDependencies,
): Promise<AuditService> {
  const { instance, bus, auditLog, log, telemetry, dependencies, alertRules = logAlertRules } = deps;
  const { gapGraceMs, gapCheckMs, silentMs, streamWindowMs, retention } = config;
  const { meter } = telemetry;
  const pseudonyms = config.pseudonyms ? createPseudonyms(config.pseudonyms) : noPseudonyms;
  const access = createOperatorAccess({
    config: config.operators,
    issuerKeys: observeIssuerKeys({ log, meter, dependencies }),
    failureLimit: createFailureLimit(config.failedTokensPerMinute),
    isWithdrawn: (tokenId) => auditLog.withdrawnTokens.isWithdrawn(tokenId),
  });
  const clock = createStoreClock();
  const closers = createClosers();

  const totals = observeEventTotals(auditLog, meter);
  closers.add('totals', totals.stop);
  closers.add('event metrics', observeEvents(auditLog, meter).stop);
  closers.add('pending metrics', observePending(bus.events, AUDIT_CONSUMER, meter));
  closers.add('log gauges', observeLog(auditLog, meter).stop);

  const ingest = await startIngestWithRetry({
    ...{ events: bus.events, tracing: telemetry.tracing },
    ...{ auditLog, pseudonyms, totals, log, meter, clock, dependencies },
  });
  closers.add('ingest', ingest.stop);
  const trim = startStreamTrim({
    ...{ events: bus.events, consumer: AUDIT_CONSUMER, log, dependencies },
    windowMs: streamWindowMs,
  });
  closers.add('stream trim', trim.stop);
  closers.add('retention', startRetention({ auditLog, retention, log, dependencies }).stop);

  closers.add('clock metrics', observeClock(clock, meter));
  closers.add('clock', await startClockSync(createTicketClient({ requests: bus.requests, clock })));
  const gapWatch = startGapWatch({
    ...{ auditLog, log, dependencies, meter },
    ...{ graceMs: gapGraceMs, checkMs: gapCheckMs },
  });
  closers.add('gap watch', gapWatch.stop);
  const history = await serveControlHistory({ requests: bus.requests, auditLog, clock });
  closers.add('control history', history.stop);
  const lostEdges = startLostEdges({
    ...{ auditLog, instance, clock, log, dependencies },
    ...{ checkMs: gapCheckMs, silentMs },
  });
  closers.add('lost edges', lostEdges.stop);

  const reporter = startReporter({
    ...{ service: 'audit-service', instance, events: bus.events, clock },
    aliveEveryMs: silentMs / 3,
    ...reporterOptionsOf({ log, dependencies }),
  });
  closers.add('reporter', reporter.stop);
  const isConnected = () => bus.connected && ingest.running;
  const watched = { auditLog, telemetry, reporter, instance, clock, log, dependencies, isConnected };
  const alerts = startAlerts({ ...watched, config: config.alerts, rules: alertRules });
  closers.add('alerts', alerts.stop);
  if (config.sealing) closers.add('sealing', startSealing({ ...watched, ...config.sealing }).stop);

  const ping = shared(KEPT_MS, () => auditLog.ping());
  const tail = createLoggedTail({ auditLog, log, dependencies });
  return {
    tail,
    routes: serviceRoutes(config, {
      ...deps,
      ...{ alertRules, access, clock, pseudonyms, reporter, gapWatch, tail, ping },
    }),
    readiness: {
      auditLog: { dependency: 'postgres', problem: () => ping().then(() => null) },
      bus: { dependency: 'nats', problem: () => problemUnless(bus.connected, 'the bus is not connected') },
      ingest: { problem: () => problemUnless(ingest.running, 'storing events has not begun') },
    },
    stop: closers.close,
  };
}
