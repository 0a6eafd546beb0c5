import type { AuditLogError } from '@admit-one/core';
import type { Authorize } from '@admit-one/runtime';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import type { BreakGlassTrace } from '../../operators/break-glass-trace.ts';
import { readRejectionOf } from '../rejection-of.ts';
import type { ReportFailedRead } from './failed-reads.ts';
import type { LimitRate } from './rate-limit.ts';

export interface OperatorChecks {
  readonly authorize: Authorize;
  readonly limitRate: LimitRate;
  readonly breakGlass: BreakGlassTrace;
  readonly reportFailedRead: ReportFailedRead;
}

/**
 * Lets only operators with a scope use the routes that are added behind it: sets `request.operator`, limits their rate,
 * records break-glass tokens and failed reads, and says what an error of the audit log means.
 */
export function requireOperator(
  app: FastifyInstance,
  { authorize, limitRate, breakGlass, reportFailedRead }: OperatorChecks,
  scopeOf: (request: FastifyRequest) => Parameters<Authorize>[1],
): void {
  app.decorateRequest('operator');
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    request.operator = await authorize(request, scopeOf(request));
    breakGlass.note(request.operator, request.trace);
    // After the authentication, so that strangers cannot use the limit up.
    await limitRate(request.operator);
  });
  app.addHook('onResponse', async (request) => reportFailedRead(request));
  app.setErrorHandler<FastifyError | AuditLogError>((error, request) => {
    throw readRejectionOf(error, request);
  });
}
