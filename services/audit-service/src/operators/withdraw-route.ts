import type { AuditLog, Reporter } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyPluginAsync } from 'fastify';
import { Type } from 'typebox';
import { type OperatorChecks, requireOperator } from '../api/access/require-operator.ts';
import { problems } from '../api/problems.ts';
import { commonSchema } from '../api/routes/route-context.ts';

export interface WithdrawRouteOptions extends OperatorChecks {
  readonly auditLog: Pick<AuditLog, 'withdrawnTokens'>;
  readonly reporter: Reporter;
  readonly instance: string;
}

const WithdrawBody = Type.Object(
  {
    tokenId: Type.String({
      minLength: 1,
      maxLength: 256,
      description: 'The id of the token (`jti`): the event and the log line of its first use name it.',
    }),
    reason: Type.String({ minLength: 1, maxLength: 512, pattern: '\\S' }),
  },
  { additionalProperties: false },
);

const WithdrawReply = Type.Object({ tokenId: Type.String(), operator: Type.String() });

/** `POST /api/v1/audit/break-glass/withdrawals`: for operators with the scope `tickets:revoke`. */
export function withdrawRoute(options: WithdrawRouteOptions): FastifyPluginAsync {
  const { auditLog, reporter, instance } = options;
  return async (untyped) => {
    const app = untyped.withTypeProvider<TypeBoxTypeProvider>();
    // Break-glass tokens never have this scope.
    requireOperator(untyped, options, () => 'tickets:revoke');
    app.post(
      '/api/v1/audit/break-glass/withdrawals',
      {
        schema: {
          ...commonSchema,
          summary: 'Withdraw a break-glass token',
          body: WithdrawBody,
          response: { 201: WithdrawReply, ...problems },
        },
      },
      async ({ body: { tokenId, reason }, operator: { subject, from }, trace: { traceparent } }, reply) => {
        if (!(await auditLog.withdrawnTokens.withdraw({ tokenId, reason, operator: subject })))
          throw new RejectionError('request_invalid', {
            detail: `The token ${JSON.stringify(tokenId)} is withdrawn already.`,
          });
        const data = {
          operator: { subject, from: from.kind },
          withdrawn: { tokenId },
          justification: reason,
        };
        reporter.report({ type: 'admit.audit.accessed', subject: instance, traceparent, data });
        return reply.status(201).send({ tokenId, operator: subject });
      },
    );
  };
}
