import type { AuditLogError } from '@admit-one/core';
import type { Operator } from '@admit-one/identity';
import type { Authorize } from '@admit-one/runtime';
import type { FastifyError, FastifyPluginAsync } from 'fastify';
import { addAlertsRoute } from '../alerts/alerts-route.ts';
import { addFleetRoute } from '../fleet/fleet-route.ts';
import type { LiveTail } from '../live/live-tail.ts';
import type { BreakGlassTrace } from '../operators/break-glass-trace.ts';
import { addSealsRoutes } from '../seals/seals-route.ts';
import { addSettingsRoute, type ProcessSettings } from '../settings/settings-route.ts';
import type { ReportFailedRead } from './access/failed-reads.ts';
import type { LimitRate } from './access/rate-limit.ts';
import { jsonText } from './formats/json-text.ts';
import { readRejectionOf } from './rejection-of.ts';
import type { AuditApi } from './routes/audit-api.ts';
import { addCountRoutes } from './routes/count-routes.ts';
import { addEventsRoute } from './routes/events-route.ts';
import { addSequencesRoute } from './routes/sequences-route.ts';
import { addStreamRoute } from './routes/stream-route.ts';
import { storyRoutes } from './story-routes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The operator, on the routes of the audit API. */
    operator: Operator;
  }
}

export interface AuditRoutesOptions {
  readonly api: AuditApi;
  readonly process: ProcessSettings;
  readonly tail: LiveTail;
  readonly authorize: Authorize;
  readonly limitRate: LimitRate;
  readonly breakGlass: BreakGlassTrace;
  readonly reportFailedRead: ReportFailedRead;
}

/** `GET /api/v1/audit/…`: the audit log, for operators with the scope `audit:read`. */
export function auditRoutes(options: AuditRoutesOptions): FastifyPluginAsync {
  const { api, process, tail, authorize, limitRate, breakGlass, reportFailedRead } = options;
  return async (app) => {
    app.decorateRequest('operator');
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      request.operator = await authorize(request, 'audit:read');
      breakGlass.note(request.operator, request.trace);
      // After the authentication, so that strangers cannot use the limit up.
      await limitRate(request.operator);
    });
    app.addHook('onResponse', async (request) => reportFailedRead(request));
    app.setErrorHandler<FastifyError | AuditLogError>((error, request) => {
      throw readRejectionOf(error, request);
    });
    // Events are sent as they are stored, with members that the schema does not know.
    app.setSerializerCompiler(() => jsonText);

    addEventsRoute(app, api);
    addCountRoutes(app, api);
    addStreamRoute(app, api, tail);
    addSequencesRoute(app, api);
    addAlertsRoute(app, api);
    addSealsRoutes(app, api);
    addFleetRoute(app, api);
    addSettingsRoute(app, process);
    await app.register(storyRoutes(api));
  };
}
