import { problemResponse } from '@admit-one/runtime';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { StatusBody, StatusResponse } from '../http/http-schemas.ts';
import { answerNoStore } from '../http/no-store.ts';
import { getTicketStatus, type StatusDeps } from './get-status.ts';

export const STATUS_PATH = '/api/websocket/ticket/status';

/** The endpoint that returns a ticket's status to its own session. */
export function statusRoutes(deps: StatusDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    answerNoStore(app);
    app.route({
      method: 'POST',
      url: STATUS_PATH,
      config: { frontendOnly: true },
      schema: {
        summary: 'What became of a ticket',
        description:
          'For the session that the ticket was issued for: others get `unknown`. Asking changes nothing.',
        tags: ['tickets'],
        security: [{ bearer: [] }],
        body: StatusBody,
        response: {
          200: StatusResponse,
          400: problemResponse('INVALID_REQUEST: the body is not of this form.'),
          401: problemResponse('INVALID_TOKEN, or MISSING_SESSION where the token names no session.'),
          403: problemResponse('ORIGIN_BLOCKED: the page is of an origin that is not in FRONTEND_ORIGINS.'),
          429: problemResponse(
            'RATE_LIMITED: the session or user asks too often, or too many requests of the network had no accepted token.',
          ),
          503: problemResponse('REDIS_UNAVAILABLE or ISSUER_UNAVAILABLE: try again.'),
        },
      },
      handler: ({ headers: { authorization }, body: { ticket }, clientAddress }) =>
        getTicketStatus({ authorization, clientAddress }, ticket, deps),
    });
  };
}
