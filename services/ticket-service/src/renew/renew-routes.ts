import { digestSchema } from '@admit-one/core';
import { problemResponse, RejectionError } from '@admit-one/runtime';
import { createGuard } from '@admit-one/ticket-client';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Authenticate } from '../http/authenticate.ts';
import { RenewBody, RenewResponse } from '../http/http-schemas.ts';
import { answerNoStore } from '../http/no-store.ts';
import { type RecordRejectionsOptions, recordRejections } from '../issue/record-rejections.ts';
import type { LimitRequests } from '../limits/issue-limits.ts';
import type { RenewConnection } from './renew-connection.ts';

export interface RenewRoutesOptions extends RecordRejectionsOptions {
  readonly authenticate: Authenticate;
  readonly renewConnection: Pick<RenewConnection, 'renew'>;
  readonly limit: LimitRequests;
  readonly isBlocked: (address: string | null) => boolean;
}

const isTicketId = createGuard(Type.Unsafe<string>(digestSchema));

/** The endpoint that lets a connection live as long as a fresh token of its session. */
export function renewRoutes(options: RenewRoutesOptions): FastifyPluginAsyncTypebox {
  const { authenticate, renewConnection, limit, isBlocked } = options;
  return async (app) => {
    answerNoStore(app);
    recordRejections(app, options, ({ body }) => {
      const { ticketId } = (body ?? {}) as { readonly ticketId?: unknown };
      return { request: 'renewal', ...(isTicketId(ticketId) && { ticketId }) };
    });
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
          429: problemResponse(
            'RATE_LIMITED: the session or user renews too often, or too many requests of the network had no accepted token.',
          ),
          503: problemResponse('REDIS_UNAVAILABLE, ISSUER_UNAVAILABLE or OVERLOADED: try again.'),
        },
      },
      handler: async (request) => {
        const { headers, body, clientAddress, trace } = request;
        const { ticketId } = body;
        const principal = await authenticate(headers.authorization, clientAddress);
        request.principal = principal;
        if (isBlocked(clientAddress)) throw new RejectionError('address_blocked');
        await limit(principal);
        const expiresAt = await renewConnection.renew({ ticketId, principal, trace });
        return { expires_at: expiresAt === null ? null : Math.floor(expiresAt / 1000) };
      },
    });
  };
}
