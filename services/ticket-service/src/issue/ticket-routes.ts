import type { CommandContext } from '@admit-one/core';
import { problemResponse, RejectionError } from '@admit-one/runtime';
import { cappedContext } from '@admit-one/ticket-client';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { TicketBody, TicketQuery, TicketResponse } from '../http/http-schemas.ts';
import { answerNoStore } from '../http/no-store.ts';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';
import type { RecordIssuanceRejection } from './issuance-rejections.ts';
import type { IssueTicket } from './issue-ticket.ts';
import { lastFailureOf } from './last-failure.ts';

/** Every path that issues tickets; the first is canonical, the others are for clients that know them. */
export const ticketPaths = [
  { method: 'POST', url: '/api/websocket/ticket' },
  { method: 'POST', url: '/api/ws/ticket' },
  { method: 'GET', url: '/api/v1/ws-ticket' },
  { method: 'POST', url: '/websocket/ticket' },
] as const;

export interface TicketRouteOptions {
  readonly issueTicket: IssueTicket;
  readonly recordRejection: RecordIssuanceRejection;
  /** The instance that receives the requests. */
  readonly instance: string;
}

const response = {
  200: TicketResponse,
  400: problemResponse('INVALID_REQUEST: the body or query is not of this form.'),
  401: problemResponse('INVALID_TOKEN, or MISSING_SESSION where the token names no session.'),
  403: problemResponse('ORIGIN_BLOCKED: the page is of an origin that is not in FRONTEND_ORIGINS.'),
  503: problemResponse('REDIS_UNAVAILABLE, ISSUER_UNAVAILABLE or OVERLOADED: try again.'),
};

/** The endpoint that issues tickets, under each of its paths. */
export function ticketRoutes(options: TicketRouteOptions): FastifyPluginAsyncTypebox {
  const { issueTicket, recordRejection, instance } = options;

  return async (app) => {
    answerNoStore(app);

    app.setErrorHandler((error, request) => {
      if (!(error instanceof RejectionError && error.reported))
        recordRejection(rejectionErrorOf(error), null, {
          context: contextOf(request, null, instance),
          traceId: request.trace.traceId,
        });
      throw error;
    });

    for (const { method, url } of ticketPaths)
      app.route({
        method,
        url,
        exposeHeadRoute: false,
        config: { frontendOnly: true },
        schema: {
          summary: 'A single-use ticket for one WebSocket connection',
          description:
            url === ticketPaths[0].url ? 'The canonical path.' : `The same as ${ticketPaths[0].url}.`,
          tags: ['tickets'],
          security: [{ bearer: [] }],
          querystring: TicketQuery,
          ...(method === 'POST' ? { body: TicketBody } : {}),
          response,
        },
        handler: async (request) => {
          const body = request.body as Static<typeof TicketBody> | undefined;
          const route = body?.route ?? request.query.route ?? null;
          return issueTicket({
            authorization: request.headers.authorization,
            route,
            lastFailure: body?.lastFailure && lastFailureOf(body.lastFailure),
            context: contextOf(request, route, instance),
            traceId: request.trace.traceId,
          });
        },
      });
  };
}

function contextOf(request: FastifyRequest, route: string | null, instance: string): CommandContext {
  return cappedContext({
    address: request.clientAddress,
    origin: request.headers.origin ?? null,
    agent: request.headers['user-agent'] ?? null,
    route,
    carrier: null,
    edge: instance,
    traceparent: request.trace.traceparent,
  });
}
