import type { AuditLog } from '@admit-one/core';
import { SLO_DAYS } from '@admit-one/observability';
import type { FastifyInstance } from 'fastify';
import { explain } from '../../explain/explain.ts';
import { summarize } from '../../explain/summarize.ts';
import { ObjectivesReply } from '../../objectives/objectives-schemas.ts';
import { countedTypes, readObjectives } from '../../objectives/read-objectives.ts';
import { limitConcurrency } from '../limit-concurrency.ts';
import { problems } from '../problems.ts';
import { readParameters } from '../query/parameters.ts';
import {
  cohortParameters,
  explainParameters,
  querySchema,
  summaryParameters,
} from '../query/query-schema.ts';
import { readCohorts, readExplain } from '../query/read-explain.ts';
import { readSummary } from '../query/read-summary.ts';
import { CohortsResponse, ExplainResponse, SummaryResponse } from './count-schemas.ts';
import { commonSchema, type RouteContext, readsOwnQuery } from './route-context.ts';

export interface CountRouteContext extends Pick<RouteContext, 'clock'> {
  readonly auditLog: Pick<AuditLog, 'counts' | 'topValues' | 'cohorts' | 'logCounts'>;
}

/** Each may read many counts, and in standalone all share one thread. */
const MOST_AT_ONCE = 2;
/** One row for each type and reason, where counts are not shown over time. */
const DAY_SECONDS = 86_400;

/** `GET /api/v1/audit/summary`, `…/explain`, `…/cohorts` and `…/objectives`: what counts of events say. */
export function addCountRoutes(app: FastifyInstance, context: CountRouteContext): void {
  const limited = limitConcurrency(MOST_AT_ONCE);
  addSummaryRoute(app, context, limited);
  addExplainRoute(app, context, limited);
  addCohortsRoute(app, context, limited);
  addObjectivesRoute(app, context, limited);
}

type Limited = ReturnType<typeof limitConcurrency>;

function addSummaryRoute(
  app: FastifyInstance,
  { clock, auditLog }: CountRouteContext,
  limited: Limited,
): void {
  app.get(
    '/api/v1/audit/summary',
    {
      ...readsOwnQuery,
      schema: {
        ...commonSchema,
        summary: 'Count events over time',
        querystring: querySchema(summaryParameters),
        response: { 200: SummaryResponse, ...problems },
      },
    },
    async ({ query }) => {
      const parameters = readParameters(query, summaryParameters);
      const { by, interval, ...counted } = readSummary(parameters, clock.now());
      return { interval, by, rows: await limited(async () => summarize(await auditLog.counts(counted), by)) };
    },
  );
}

function addExplainRoute(
  app: FastifyInstance,
  { clock, auditLog }: CountRouteContext,
  limited: Limited,
): void {
  app.get(
    '/api/v1/audit/explain',
    {
      ...readsOwnQuery,
      schema: {
        ...commonSchema,
        summary: 'Say what rejections have in common',
        querystring: querySchema(explainParameters),
        response: { 200: ExplainResponse, ...problems },
      },
    },
    async ({ query }) => {
      const asked = readExplain(readParameters(query, explainParameters), clock.now());
      return limited(() => explain(auditLog, asked));
    },
  );
}

function addCohortsRoute(
  app: FastifyInstance,
  { clock, auditLog }: CountRouteContext,
  limited: Limited,
): void {
  app.get(
    '/api/v1/audit/cohorts',
    {
      ...readsOwnQuery,
      schema: {
        ...commonSchema,
        summary: 'Say what became of the tickets of each minute',
        querystring: querySchema(cohortParameters),
        response: { 200: CohortsResponse, ...problems },
      },
    },
    async ({ query }) => {
      const range = readCohorts(readParameters(query, cohortParameters), clock.now());
      return { rows: await limited(() => auditLog.cohorts(range)) };
    },
  );
}

function addObjectivesRoute(
  app: FastifyInstance,
  { clock, auditLog }: CountRouteContext,
  limited: Limited,
): void {
  app.get(
    '/api/v1/audit/objectives',
    {
      ...readsOwnQuery,
      schema: {
        ...commonSchema,
        summary: 'Say how it stands with the objectives and their error budgets',
        querystring: querySchema(cohortParameters),
        response: { 200: ObjectivesReply, ...problems },
      },
    },
    async ({ query }) => {
      const range = readCohorts(readParameters(query, cohortParameters), clock.now());
      const [counts, totals] = await limited(() =>
        Promise.all([
          auditLog.counts({ ...range, types: countedTypes, intervalSeconds: DAY_SECONDS }),
          auditLog.logCounts(SLO_DAYS),
        ]),
      );
      return { ...range, objectives: readObjectives(counts, totals) };
    },
  );
}
