import { type AuditLog, type AuditLogError, parseInstant } from '@admit-one/core';
import type { Operator } from '@admit-one/identity';
import { problemResponse, RejectionError } from '@admit-one/runtime';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyPluginAsync } from 'fastify';
import type { BreakGlassTrace } from '../operators/break-glass-trace.ts';
import type { Authorize } from '../operators/create-authorize.ts';
import type { ReportFailedRead } from './access/failed-reads.ts';
import { notAnInstant, readRejectionOf } from './rejection-of.ts';
import { EventsPage, EventsQuery, SequencesQuery, SequencesReport } from './schemas.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The operator, on the routes of the audit API. */
    operator: Operator;
  }
}

export interface AuditRoutesOptions {
  readonly auditLog: AuditLog;
  readonly authorize: Authorize;
  readonly breakGlass: BreakGlassTrace;
  readonly reportFailedRead: ReportFailedRead;
}

const common = { tags: ['audit'], security: [{ bearer: [] }] };

const problems = {
  400: problemResponse('INVALID_REQUEST: a parameter is unknown or invalid.'),
  401: problemResponse('INVALID_TOKEN: the token is missing or invalid.'),
  403: problemResponse('INSUFFICIENT_SCOPE: the operator may not read the audit log.'),
  503: problemResponse('AUDIT_UNAVAILABLE or ISSUER_UNAVAILABLE: try again.'),
};

/** `GET /api/v1/audit/…`: the audit log, for operators with the scope `audit:read`. */
export function auditRoutes(options: AuditRoutesOptions): FastifyPluginAsync {
  const { auditLog, authorize, breakGlass, reportFailedRead } = options;
  return async (untyped) => {
    const app = untyped.withTypeProvider<TypeBoxTypeProvider>();

    app.decorateRequest('operator');
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      request.operator = await authorize(request.raw, 'audit:read');
      breakGlass.note(request.operator, request.trace);
    });
    app.addHook('onResponse', async (request) => reportFailedRead(request));
    app.setErrorHandler<FastifyError | AuditLogError>((error, request) => {
      throw readRejectionOf(error, request.routeOptions.schema);
    });
    // Events are sent as they are stored, with members that the schema does not know.
    app.setSerializerCompiler(() => JSON.stringify);

    app.get(
      '/api/v1/audit/events',
      {
        schema: {
          ...common,
          summary: 'Search the audit log',
          querystring: EventsQuery,
          response: { 200: EventsPage, ...problems },
        },
      },
      ({ query }) => {
        const { type: types, limit, cursor, order, ...filter } = query;
        requireInstant('from', filter.from);
        requireInstant('to', filter.to);
        const { from, to, ...facts } = filter;
        const included = Object.entries(facts).map(([fact, value]) => [fact, { include: [value] }]);
        return auditLog.query(
          { facts: { type: types && { include: types }, ...Object.fromEntries(included) }, from, to },
          { limit, cursor, order },
        );
      },
    );

    app.get(
      '/api/v1/audit/sequences',
      {
        schema: {
          ...common,
          summary: 'List missing events by partition key',
          querystring: SequencesQuery,
          response: { 200: SequencesReport, ...problems },
        },
      },
      async ({ query }) => ({ partitions: await auditLog.sequences({ incompleteOnly: query.incomplete }) }),
    );
  };
}

/** The schema's format allows leap seconds and the year 0000. */
function requireInstant(name: string, time: string | undefined): void {
  if (time !== undefined && parseInstant(time) === null)
    throw new RejectionError('request_invalid', { detail: notAnInstant(name) });
}
