import { problemResponse, RejectionError } from '@admit-one/runtime';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Authenticate } from '../http/authenticate.ts';
import { RenewBody, RenewResponse } from '../http/http-schemas.ts';
import { answerNoStore } from '../http/no-store.ts';
import { throwRejection } from '../http/rejection-error-of.ts';
import type { RenewConnection } from './renew-connection.ts';

export interface RenewRoutesOptions {
  readonly authenticate: Authenticate;
  readonly renewConnection: Pick<RenewConnection, 'renew'>;
  readonly isBlocked: (address: string | null) => boolean;
}

/** The endpoint that lets a connection live as long as a fresh token of its session. */
export function renewRoutes(options: RenewRoutesOptions): FastifyPluginAsyncTypebox {
  const { authenticate, renewConnection, isBlocked } = options;
  return async (app) => {
    answerNoStore(app);
    app.setErrorHandler(throwRejection);
    app.route({
      method: 'POST',
      url: '/api/websocket/renew',
      config: { frontendOnly: true },
      schema: {
        summary: 'Renew a connection with a fresh token',
        description:
          'For the connection that the ticket has admitted, and a token of the same session and user. It expires with this token then, or as the route of the connection says.',
        tags: ['tickets'],
        security: [{ bearer: [] }],
        body: RenewBody,
        response: {
          200: RenewResponse,
          400: problemResponse('INVALID_REQUEST: the body is not of this form.'),
          401: problemResponse('INVALID_TOKEN, MISSING_SESSION, or SESSION_REVOKED.'),
          403: problemResponse('ORIGIN_BLOCKED or ADDRESS_BLOCKED.'),
          404: problemResponse('INVALID_REQUEST: there is no such connection of this session and user.'),
          429: problemResponse('RATE_LIMITED: too many requests of the network had no accepted token.'),
          503: problemResponse('REDIS_UNAVAILABLE, ISSUER_UNAVAILABLE or OVERLOADED: try again.'),
        },
      },
      handler: async ({ headers: { authorization }, body: { ticketId }, clientAddress, trace }) => {
        const principal = await authenticate(authorization, clientAddress);
        if (isBlocked(clientAddress)) throw new RejectionError('address_blocked');
        const expiresAt = await renewConnection.renew({ ticketId, principal, trace });
        return { expires_at: expiresAt === null ? null : Math.floor(expiresAt / 1000) };
      },
    });
  };
}
