import { type OriginPolicy, problemResponse } from '@admit-one/runtime';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { answerFrontendOnly } from './frontend-only.ts';
import { StatusBody, StatusResponse } from './http-schemas.ts';
import type { TellStatus } from './tell-status.ts';

export const STATUS_PATH = '/api/websocket/ticket/status';

export interface StatusRouteOptions {
  readonly tellStatus: TellStatus;
  readonly origins: OriginPolicy;
}

/** The endpoint that tells a ticket's own session what became of the ticket. */
export function statusRoutes({ tellStatus, origins }: StatusRouteOptions): FastifyPluginAsyncTypebox {
  return async (app) => {
    answerFrontendOnly(app, origins);
    app.route({
      method: 'POST',
      url: STATUS_PATH,
      schema: {
        summary: 'What became of a ticket',
        description:
          'For the session that the ticket was issued for: others are told that it is unknown. Asking changes nothing.',
        tags: ['tickets'],
        security: [{ bearer: [] }],
        body: StatusBody,
        response: {
          200: StatusResponse,
          400: problemResponse('INVALID_REQUEST: the body is not of this form.'),
          401: problemResponse('INVALID_TOKEN, or MISSING_SESSION where the token names no session.'),
          403: problemResponse('ORIGIN_BLOCKED: the page is of an origin that is not in FRONTEND_ORIGINS.'),
          503: problemResponse('REDIS_UNAVAILABLE or ISSUER_UNAVAILABLE: try again.'),
        },
      },
      handler: ({ headers: { authorization }, body: { ticket } }) => tellStatus({ authorization, ticket }),
    });
  };
}
