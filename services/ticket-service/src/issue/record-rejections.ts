import { type RejectionError, type RejectionLog, replyWithError } from '@admit-one/runtime';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';
import type { RecordIssuanceRejection, RequestFacts } from './issuance-rejections.ts';
import { originOf } from './origin-of.ts';

export interface RecordRejectionsOptions {
  readonly recordRejection: RecordIssuanceRejection;
  readonly rejectionLog: RejectionLog;
  /** The instance that receives the requests. */
  readonly instance: string;
}

/** Records what the routes of a plugin reject, once. @param factsOf what a request is for, where it is not for a ticket */
export function recordRejections(
  app: FastifyInstance,
  { recordRejection, rejectionLog, instance }: RecordRejectionsOptions,
  factsOf?: (request: FastifyRequest) => RequestFacts,
): void {
  app.decorateRequest('principal', null);
  app.setErrorHandler<FastifyError | RejectionError>((error, request, reply) => {
    const rejection = rejectionErrorOf(error);
    recordRejection(rejection, request.principal, originOf(request, null, instance), factsOf?.(request));
    return replyWithError(rejection, request, reply, rejectionLog);
  });
}
