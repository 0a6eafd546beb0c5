import { httpRejectionOf, PROBLEM_TYPE, publicCodes, type Reason, reasonRow } from '@admit-one/core';
import { clientNetwork, withoutCredentials } from '@admit-one/text';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { RejectionLog } from '../rejection-log.ts';
import { ONLY_JSON } from './json-bodies.ts';
import { RejectionError, type RejectionErrorOptions } from './rejection-error.ts';

/** Answers with the problem document and headers of a reason. */
export function replyWithProblem(
  reply: FastifyReply,
  reason: Reason,
  traceId: string,
  { detail, status: exactStatus, retryAfterSeconds, scope }: RejectionErrorOptions = {},
): FastifyReply {
  const { request } = reply;
  request.rejectedBecause = reason;
  const { authorization } = request.headers;
  const { status, headers, body } = httpRejectionOf(reason, traceId, {
    detail,
    status: exactStatus,
    retryAfterSeconds,
    scope,
    authorization,
    scheme: 'Bearer',
  });
  // A text is written with the headers at once. The serializer keeps Fastify from adding a charset, which JSON has not.
  return reply.code(status).headers(headers).serializer(String).send(body);
}

/** Answers a thrown error: a rejection as it is, an error of the framework as a bad request, anything else as `internal`. */
export function replyWithError(
  error: FastifyError | RejectionError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: RejectionLog,
): FastifyReply {
  const { traceId } = request.trace;
  const rejection = requestRejectionOf(error) ?? new RejectionError('internal');
  const { reason, status, reported } = rejection;
  const { severity, http, fault } = reasonRow(reason);
  if (fault === 'infrastructure' && !reported)
    log.write(severity, { err: error.cause ?? error, reason, traceId }, 'http_request_failed', null);
  else if (DENIED.has(status ?? http ?? 0) && !reported) logDenied(rejection, request, log);
  return replyWithProblem(reply, reason, traceId, rejection);
}

/** The statuses of requests that were not authenticated, not allowed, or too many. */
const DENIED: ReadonlySet<number> = new Set([401, 403, 429]);

function logDenied(
  { reason, detail, subject }: RejectionError,
  { method, routeOptions, clientAddress: address, trace }: FastifyRequest,
  log: RejectionLog,
): void {
  const { traceId, linkedTraceId } = trace;
  const what = { reason, detail, subject, method, route: routeOptions.url, address };
  const network = address === null ? null : clientNetwork(address);
  log.write(reasonRow(reason).severity, { ...what, traceId, linkedTraceId }, 'request_denied', network);
}

/** The rejection that a thrown value is, also that of the framework about a request; undefined for any other error. */
export function requestRejectionOf(error: unknown): RejectionError | undefined {
  if (error instanceof RejectionError) return error;
  const { statusCode: status = 500, validation } = (error ?? {}) as Partial<FastifyError>;
  if (status === 413) return new RejectionError('message_too_big');
  if (validation || (status >= 400 && status < 500))
    return new RejectionError('request_invalid', { detail: sentenceOf(error as FastifyError), status });
  return undefined;
}

/** The framework's message about a request, as a sentence that repeats nothing of its URL but the names of parameters. */
function sentenceOf({ code, message, validation, validationContext }: FastifyError): string {
  const unknown = validation?.[0]?.params.additionalProperties;
  if (Array.isArray(unknown)) {
    const name = JSON.stringify(withoutCredentials(String(unknown[0])).slice(0, 64));
    return `The ${validationContext} has a member ${name}, which is not known here.`;
  }
  switch (code) {
    case 'FST_ERR_BAD_URL':
      return 'The path is not validly percent-encoded.';
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return ONLY_JSON;
    default:
      return `${message.slice(0, 300).replace(/\.$/, '')}.`;
  }
}

const ProblemDocument = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.Enum(Object.keys(publicCodes), { description: 'What clients decide by.' }),
  traceId: Type.String(),
});

/** The schema of a response that is a problem document (RFC 9457), for the OpenAPI document. */
export function problemResponse(description: string) {
  return { description, content: { [PROBLEM_TYPE]: { schema: ProblemDocument } } };
}
