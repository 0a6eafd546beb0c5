import type { Operator } from '@admit-one/identity';
import type { FastifyPluginAsync } from 'fastify';
import { addAlertsRoute } from '../alerts/alerts-route.ts';
import { addFleetRoute } from '../fleet/fleet-route.ts';
import type { LiveTail } from '../live/live-tail.ts';
import { addSealsRoutes } from '../seals/seals-route.ts';
import { addSettingsRoute, type ProcessSettings } from '../settings/settings-route.ts';
import { type OperatorChecks, requireOperator } from './access/require-operator.ts';
import { jsonText } from './formats/json-text.ts';
import { addCountRoutes } from './routes/count-routes.ts';
import { addEventsRoute } from './routes/events-route.ts';
import type { RouteContext } from './routes/route-context.ts';
import { addSequencesRoute } from './routes/sequences-route.ts';
import { addStreamRoute } from './routes/stream-route.ts';
import { storyRoutes } from './story-routes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The operator, on the routes of the audit API. */
    operator: Operator;
  }
}

export interface AuditRoutesOptions extends OperatorChecks {
  readonly context: RouteContext;
  readonly process: ProcessSettings;
  readonly tail: LiveTail;
}

/** `GET /api/v1/audit/…`: the audit log, for operators with the scope `audit:read`. */
export function auditRoutes(options: AuditRoutesOptions): FastifyPluginAsync {
  const { context, process, tail } = options;
  return async (app) => {
    requireOperator(app, options, () => 'audit:read');
    // Events are sent as they are stored, with members that the schema does not know.
    app.setSerializerCompiler(() => jsonText);

    addEventsRoute(app, context);
    addCountRoutes(app, context);
    addStreamRoute(app, context, tail);
    addSequencesRoute(app, context);
    addAlertsRoute(app, context);
    addSealsRoutes(app, context);
    addFleetRoute(app, context);
    addSettingsRoute(app, process);
    await app.register(storyRoutes(context));
  };
}
