import type { AcknowledgementKind, AuditLog, AuditLogError, Reporter } from '@admit-one/core';
import { type Authorize, RejectionError } from '@admit-one/runtime';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyPluginAsync } from 'fastify';
import type { ReportFailedRead } from '../api/access/failed-reads.ts';
import type { LimitRate } from '../api/access/rate-limit.ts';
import { problems } from '../api/problems.ts';
import { readRejectionOf } from '../api/rejection-of.ts';
import type { GapWatch } from '../gaps/gap-watch.ts';
import type { BreakGlassTrace } from '../operators/break-glass-trace.ts';
import { readCompleteness } from './completeness.ts';
import {
  AcknowledgementBody,
  AcknowledgementReply,
  CompletenessQuery,
  CompletenessReport,
} from './completeness-schemas.ts';

export interface CompletenessRoutesOptions {
  readonly auditLog: AuditLog;
  readonly gapWatch: Pick<GapWatch, 'overdue'>;
  readonly authorize: Authorize;
  readonly limitRate: LimitRate;
  readonly breakGlass: BreakGlassTrace;
  readonly reportFailedRead: ReportFailedRead;
  readonly reporter: Reporter;
  readonly instance: string;
}

const common = { tags: ['audit'], security: [{ bearer: [] }] };

/** What is not there to be acknowledged, as the end of a sentence. */
const NOTHING: Readonly<Record<AcknowledgementKind, string>> = {
  partition: 'is missing under the partition key',
  conflicts: 'is in conflict under the partition key',
  dead_letters: 'was kept aside of the subject',
  stream: 'is missing or lost of the generation',
};

/** `GET /api/v1/audit/completeness`, and what operators with the scope `audit:acknowledge` say of it. */
export function completenessRoutes(options: CompletenessRoutesOptions): FastifyPluginAsync {
  const { auditLog, gapWatch, authorize, limitRate, breakGlass, reportFailedRead, reporter, instance } =
    options;
  return async (untyped) => {
    const app = untyped.withTypeProvider<TypeBoxTypeProvider>();

    app.decorateRequest('operator');
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const scope = request.method === 'POST' ? 'audit:acknowledge' : 'audit:read';
      request.operator = await authorize(request, scope);
      breakGlass.note(request.operator, request.trace);
      await limitRate(request.operator);
    });
    app.addHook('onResponse', async (request) => reportFailedRead(request));
    app.setErrorHandler<FastifyError | AuditLogError>((error, request) => {
      throw readRejectionOf(error, request);
    });

    app.get(
      '/api/v1/audit/completeness',
      {
        schema: {
          ...common,
          summary: 'Tell what the audit log lacks, and since when',
          querystring: CompletenessQuery,
          response: { 200: CompletenessReport, ...problems },
        },
      },
      ({ query }) => readCompleteness(auditLog, gapWatch, query.all),
    );

    app.post(
      '/api/v1/audit/completeness/acknowledgements',
      {
        schema: {
          ...common,
          summary: 'Acknowledge what the audit log lacks now',
          body: AcknowledgementBody,
          response: { 201: AcknowledgementReply, ...problems },
        },
      },
      async ({ body, operator, trace }, reply) => {
        const acknowledgement = { ...body, operator: operator.subject };
        if (!(await auditLog.acknowledge(acknowledgement))) {
          const detail = `Nothing ${NOTHING[body.kind]} ${JSON.stringify(body.name)} that is not acknowledged.`;
          throw new RejectionError('request_invalid', { detail });
        }
        const data = {
          operator: { subject: operator.subject, from: operator.from.kind },
          acknowledged: { kind: body.kind, name: body.name },
          justification: body.reason,
        };
        reporter.report({
          type: 'admit.audit.accessed',
          subject: instance,
          traceparent: trace.traceparent,
          data,
        });
        return reply.status(201).send(acknowledgement);
      },
    );
  };
}
