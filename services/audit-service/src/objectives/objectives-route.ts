import type { AuditLog, StoreClock } from '@admit-one/core';
import { SLO_DAYS } from '@admit-one/observability';
import type { FastifyInstance } from 'fastify';
import { problems } from '../api/problems.ts';
import { parametersOf, rejectUnknown } from '../api/query/parameters.ts';
import { cohortParameters, querySchema } from '../api/query/query-schema.ts';
import { readCohorts } from '../api/query/read-explain.ts';
import { commonSchema, readsOwnQuery } from '../api/routes/audit-api.ts';
import { ObjectivesReply } from './objectives-schemas.ts';
import { countedTypes, readObjectives } from './read-objectives.ts';

export interface ObjectivesApi {
  readonly auditLog: Pick<AuditLog, 'counts' | 'logCounts'>;
  readonly clock: Pick<StoreClock, 'now'>;
}

/** One row for each type and reason: counts of a range are not shown over time. */
const WHOLE_DAY_SECONDS = 86_400;

/** `GET /api/v1/audit/objectives`: whether users get in, against what was promised. */
export function addObjectivesRoute(app: FastifyInstance, { auditLog, clock }: ObjectivesApi): void {
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
      const parameters = parametersOf(query);
      rejectUnknown(parameters, cohortParameters);
      const range = readCohorts(parameters, clock.now());
      const [counts, totals] = await Promise.all([
        auditLog.counts({ ...range, types: countedTypes, intervalSeconds: WHOLE_DAY_SECONDS }),
        auditLog.logCounts(SLO_DAYS),
      ]);
      return { ...range, objectives: readObjectives(counts, totals) };
    },
  );
}
