import type { AuditLog, StoreClock } from '@admit-one/core';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { problems } from '../api/problems.ts';
import { commonSchema } from '../api/routes/route-context.ts';
import { AlertsReply } from './alert-schemas.ts';
import { listAlerts } from './list-alerts.ts';
import type { AlertRule } from './rules.ts';

export interface AlertsRouteContext {
  readonly auditLog: Pick<AuditLog, 'alerts'>;
  readonly clock: Pick<StoreClock, 'now'>;
  readonly alertRules: readonly AlertRule[];
  readonly alertmanagerUrls: readonly string[];
}

/** `GET /api/v1/audit/alerts`: what fires, what may fire soon, and what has resolved lately. */
export function addAlertsRoute(
  app: FastifyInstance,
  { auditLog, clock, alertRules, alertmanagerUrls }: AlertsRouteContext,
): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/v1/audit/alerts',
    {
      schema: {
        ...commonSchema,
        summary: 'List the alerts that fire, and those that resolved lately',
        response: { 200: AlertsReply, ...problems },
      },
    },
    async () => ({
      ...listAlerts(alertRules, await auditLog.alerts.records(), clock.now()),
      silencesAt: silencesAt(alertmanagerUrls),
    }),
  );
}

/** The page of an Alertmanager's silences: all of a cluster have the same. Its URL may have a password. */
function silencesAt([first]: readonly string[]): string | null {
  if (first === undefined) return null;
  const { origin, pathname } = new URL(first);
  return `${origin}${pathname.replace(/\/$/, '')}/#/silences`;
}
