import { type Reason, reasonRow } from '@admit-one/core';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type Logger, logAt } from '../logging.ts';
import { PROBLEM_TYPE, problemOf, Refusal, type RefusalOptions } from './problem.ts';

/** Answers with the problem document of a reason. */
export function replyWithProblem(
  reply: FastifyReply,
  reason: Reason,
  traceId: string,
  options: RefusalOptions = {},
): FastifyReply {
  const problem = problemOf(reason, traceId, options);
  if (options.retryAfterSeconds !== undefined)
    reply.header('retry-after', Math.ceil(options.retryAfterSeconds));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .serializer(JSON.stringify)
    .send(problem);
}

/** Answers a thrown error: refusals as they say, the framework's faults as bad requests, anything else as a bug of ours. */
export function replyWithFault(
  error: FastifyError | Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  const { traceId } = request.trace;
  const { reason, options } = refusalOf(error);
  const { severity, fault } = reasonRow(reason);
  if (fault === 'infrastructure' && !options.reported)
    logAt(log, severity, { err: error.cause ?? error, reason, traceId }, 'http_request_failed');
  return replyWithProblem(reply, reason, traceId, options);
}

function refusalOf(error: FastifyError | Refusal): { reason: Reason; options: RefusalOptions } {
  if (error instanceof Refusal) return { reason: error.reason, options: error };
  const { statusCode: status = 500, validation, message } = error;
  if (status === 413) return { reason: 'message_too_big', options: {} };
  if (validation || (status >= 400 && status < 500))
    return { reason: 'request_invalid', options: { detail: `${message.slice(0, 300)}.`, status } };
  return { reason: 'internal', options: {} };
}
