import type { CommandContext } from '@admit-one/core';
import { cappedContext } from '@admit-one/ticket-client';
import type { FastifyRequest } from 'fastify';
import type { IssueOrigin } from './issuance-rejections.ts';

/** Where a request comes from. */
export function originOf(request: FastifyRequest, route: string | null, instance: string): IssueOrigin {
  const { traceId, linkedTraceId, traceparent } = request.trace;
  const context: CommandContext = cappedContext({
    address: request.clientAddress,
    origin: request.headers.origin ?? null,
    agent: request.headers['user-agent'] ?? null,
    route,
    carrier: null,
    edge: instance,
    traceparent,
  });
  return { context, traceId, linkedTraceId };
}
