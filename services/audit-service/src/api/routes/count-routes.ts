import type { AuditLog } from '@admit-one/core';
import { SLO_DAYS } from '@admit-one/observability';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { explain } from '../../explain/explain.ts';
import { summarize } from '../../explain/summarize.ts';
import { ObjectivesReply } from '../../objectives/objectives-schemas.ts';
import { countedTypes, readObjectives } from '../../objectives/read-objectives.ts';
import { atMost } from '../at-most.ts';
import { problems } from '../problems.ts';
import { parametersOf, rejectUnknown } from '../query/parameters.ts';
import {
  cohortParameters,
  explainParameters,
  querySchema,
  summaryParameters,
} from '../query/query-schema.ts';
import { readCohorts, readExplain } from '../query/read-explain.ts';
import { readSummary } from '../query/read-summary.ts';
import { type AuditApi, commonSchema, readsOwnQuery } from './audit-api.ts';

const SummaryResponse = Type.Object({
  interval: Type.String(),
  by: Type.Array(Type.String()),
  rows: Type.Array(
    Type.Object(
      { time: Type.String({ format: 'date-time' }), count: Type.Integer() },
      { description: 'With a member for each name of `by`; null for events without it.' },
    ),
  ),
});

const ExplainResponse = Type.Object({
  total: Type.Integer({ description: 'How many events have one of the reasons.' }),
  baselineTotal: Type.Integer({
    description: 'How many events there were in the hour before; at 0 there is nothing to compare with.',
  }),
  findings: Type.Array(
    Type.Object({
      dimension: Type.String(),
      value: Type.String(),
      count: Type.Integer(),
      known: Type.Integer({ description: 'How many of these events have the dimension.' }),
      share: Type.Number({ description: 'Of these events with the dimension, 0 to 1.' }),
      baselineShare: Type.Number({ description: 'Of all events with the dimension in the hour before.' }),
      lift: Type.Number({
        description: 'How many times more common it is among these events; means nothing without a baseline.',
      }),
    }),
    { description: 'What explains most comes first; without a baseline, the largest share.' },
  ),
  runbook: Type.Union([Type.String(), Type.Null()]),
});

const count = Type.Integer({ minimum: 0 });

const CohortsResponse = Type.Object({
  rows: Type.Array(
    Type.Object({
      time: Type.String({ format: 'date-time', description: 'The minute in which the tickets were issued.' }),
      route: Type.Union([Type.String(), Type.Null()], { description: 'Null: they admit to any.' }),
      pathway: Type.Union([Type.String(), Type.Null()]),
      issued: count,
      presented: Type.Integer({ minimum: 0, description: 'Reserved at least once.' }),
      consumed: count,
      revoked: count,
      unused: Type.Integer({ minimum: 0, description: 'Neither consumed nor revoked so far.' }),
    }),
  ),
});

export interface CountApi extends Pick<AuditApi, 'clock'> {
  readonly auditLog: Pick<AuditLog, 'counts' | 'topValues' | 'cohorts' | 'logCounts'>;
}

/** Each may read many counts, and in standalone all share one thread. */
const MOST_AT_ONCE = 2;
/** One row for each type and reason, where counts are not shown over time. */
const DAY_SECONDS = 86_400;

/** `GET /api/v1/audit/summary`, `…/explain`, `…/cohorts` and `…/objectives`: what counts of events say. */
export function addCountRoutes(app: FastifyInstance, { clock, auditLog }: CountApi): void {
  const inTurn = atMost(MOST_AT_ONCE);

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
      const parameters = parametersOf(query);
      rejectUnknown(parameters, summaryParameters);
      const { by, interval, ...counted } = readSummary(parameters, clock.now());
      return { interval, by, rows: await inTurn(async () => summarize(await auditLog.counts(counted), by)) };
    },
  );

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
      const parameters = parametersOf(query);
      rejectUnknown(parameters, explainParameters);
      const asked = readExplain(parameters, clock.now());
      return inTurn(() => explain(auditLog, asked));
    },
  );

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
      const parameters = parametersOf(query);
      rejectUnknown(parameters, cohortParameters);
      const range = readCohorts(parameters, clock.now());
      return { rows: await inTurn(() => auditLog.cohorts(range)) };
    },
  );

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
      const [counts, totals] = await inTurn(() =>
        Promise.all([
          auditLog.counts({ ...range, types: countedTypes, intervalSeconds: DAY_SECONDS }),
          auditLog.logCounts(SLO_DAYS),
        ]),
      );
      return { ...range, objectives: readObjectives(counts, totals) };
    },
  );
}
