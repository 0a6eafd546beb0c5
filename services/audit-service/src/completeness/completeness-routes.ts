import type { AcknowledgementKind, AuditLog, Reporter } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyPluginAsync } from 'fastify';
import { type OperatorChecks, requireOperator } from '../api/access/require-operator.ts';
import { problems } from '../api/problems.ts';
import { commonSchema } from '../api/routes/route-context.ts';
import type { GapWatch } from '../gaps/gap-watch.ts';
import { readCompleteness } from './completeness.ts';
import {
  AcknowledgementBody,
  AcknowledgementReply,
  CompletenessQuery,
  CompletenessReport,
} from './completeness-schemas.ts';

export interface CompletenessRoutesOptions extends OperatorChecks {
  readonly auditLog: AuditLog;
  readonly gapWatch: Pick<GapWatch, 'overdue' | 'overdueMessages'>;
  readonly reporter: Reporter;
  readonly instance: string;
}

/** What is not there to be acknowledged, as the end of a sentence. */
const NOTHING: Readonly<Record<AcknowledgementKind, string>> = {
  partition: 'is missing under the partition key',
  conflicts: 'is in conflict under the partition key',
  dead_letters: 'was kept aside of the subject',
  stream: 'is missing or lost of the generation',
};

/** `GET /api/v1/audit/completeness`, and what operators with the scope `audit:acknowledge` say of it. */
export function completenessRoutes(options: CompletenessRoutesOptions): FastifyPluginAsync {
  const { auditLog, gapWatch, reporter, instance } = options;
  return async (untyped) => {
    const app = untyped.withTypeProvider<TypeBoxTypeProvider>();

    requireOperator(untyped, options, ({ method }) =>
      method === 'POST' ? 'audit:acknowledge' : 'audit:read',
    );

    app.get(
      '/api/v1/audit/completeness',
      {
        schema: {
          ...commonSchema,
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
          ...commonSchema,
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
