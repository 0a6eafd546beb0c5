import type { AuditConfig, Setting } from '@admit-one/config';
import type { AuditLog, Reporter, StoreClock } from '@admit-one/core';
import { type Logger, type OperatorAccess, version } from '@admit-one/runtime';
import type { FastifyPluginAsync } from 'fastify';
import type { AlertRule } from './alerts/rules.ts';
import { createReportFailedRead } from './api/access/failed-reads.ts';
import { createRateLimit } from './api/access/rate-limit.ts';
import { createReportAccess } from './api/access/report-access.ts';
import { auditRoutes } from './api/audit-routes.ts';
import { completenessRoutes } from './completeness/completeness-routes.ts';
import type { ConsoleFiles } from './console/console-files.ts';
import { consoleRoutes } from './console/console-routes.ts';
import { forgetRoute } from './forget/forget-route.ts';
import type { GapWatch } from './gaps/gap-watch.ts';
import type { LiveTail } from './live/live-tail.ts';
import { createBreakGlassTrace } from './operators/break-glass-trace.ts';
import { sessionRoute } from './operators/session-route.ts';
import { createSignInServer, tokenOriginsOf } from './operators/sign-in-server.ts';
import { withdrawRoute } from './operators/withdraw-route.ts';
import type { Pseudonyms } from './pseudonyms/pseudonyms.ts';

export interface ServiceRoutesDependencies {
  /** The name of the process. */
  readonly service: string;
  readonly instance: string;
  readonly auditLog: AuditLog;
  readonly log: Logger;
  readonly settings?: readonly Setting[];
  /** Null for none, which is the default. */
  readonly console?: ConsoleFiles | null;
  readonly alertRules: readonly AlertRule[];
  readonly access: OperatorAccess;
  readonly clock: StoreClock;
  readonly pseudonyms: Pseudonyms;
  readonly reporter: Reporter;
  readonly gapWatch: GapWatch;
  readonly tail: LiveTail;
  /** What `/readyz` knows of the audit log, which a failed read makes it forget. */
  readonly ping: { forget(): void };
}

/** Everything that the service answers: the session, the console and the audit API. */
export function serviceRoutes(config: AuditConfig, deps: ServiceRoutesDependencies): FastifyPluginAsync {
  const { service, instance, auditLog, log, settings = [], console: consoleFiles } = deps;
  const { alertRules, access, clock, pseudonyms, reporter, gapWatch, tail, ping } = deps;
  const { authorize, identify } = access;
  const breakGlass = createBreakGlassTrace({ log, reporter, instance });
  const signInServer = createSignInServer(config.signIn);
  const checks = {
    ...{ authorize, breakGlass },
    limitRate: createRateLimit(config.requestsPerMinute),
    reportFailedRead: createReportFailedRead({ reporter, instance, onFailure: ping.forget }),
  };
  const reading = auditRoutes({
    ...checks,
    context: {
      ...{ auditLog, clock, pseudonyms, alertRules, log },
      reportAccess: createReportAccess({ reporter, instance }),
      alertmanagerUrls: config.alerts.alertmanagerUrls,
    },
    process: { service, instance, version, settings },
    tail,
  });
  const changing = { ...checks, auditLog, gapWatch, reporter, instance };
  return async (app) => {
    await app.register(sessionRoute({ config, identify, breakGlass, signInServer }));
    if (consoleFiles) await app.register(consoleRoutes(consoleFiles, () => tokenOriginsOf(signInServer)));
    await app.register(reading);
    await app.register(completenessRoutes(changing));
    await app.register(withdrawRoute(changing));
    await app.register(forgetRoute({ ...changing, clock, pseudonyms, log }));
  };
}
