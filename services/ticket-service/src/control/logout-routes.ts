import { LOGGED_OUT } from '@admit-one/core';
import { problemResponse, RejectionError } from '@admit-one/runtime';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Authenticate } from '../http/authenticate.ts';
import { answerNoStore } from '../http/no-store.ts';
import { type RecordRejectionsOptions, recordRejections } from '../issue/record-rejections.ts';
import type { LimitRequests } from '../limits/issue-limits.ts';
import type { ControlActions } from './control-actions.ts';
import { ReceiptReply } from './control-schemas.ts';
import { targetOf } from './control-target.ts';
import type { DecisionTimes } from './decision-times.ts';
import { invalid } from './request-members.ts';

export interface LogoutRoutesOptions extends RecordRejectionsOptions {
  readonly authenticate: Authenticate;
  readonly actions: ControlActions;
  readonly times: DecisionTimes;
  readonly limit: LimitRequests;
}

/** The endpoint that ends a user's own session: its token gets no more tickets, and its connections are closed. */
export function logoutRoutes(options: LogoutRoutesOptions): FastifyPluginAsyncTypebox {
  const { authenticate, actions, times, limit } = options;
  return async (app) => {
    answerNoStore(app);
    recordRejections(app, options, () => ({ request: 'logout' }));
    app.route({
      method: 'POST',
      url: '/api/v1/auth/logout',
      config: { frontendOnly: true },
      schema: {
        summary: 'End the session of the token, and close its connections',
        tags: ['sessions'],
        security: [{ bearer: [] }],
        querystring: Type.Object(
          { everywhere: Type.Optional(Type.Boolean({ description: 'Every session of the user.' })) },
          { additionalProperties: false },
        ),
        response: {
          200: ReceiptReply,
          400: problemResponse('INVALID_REQUEST: the token names no user whose sessions could be ended.'),
          401: problemResponse(
            'INVALID_TOKEN; SESSION_REVOKED where the session has ended already; MISSING_SESSION where the token names no session.',
          ),
          403: problemResponse('ORIGIN_BLOCKED: the page is of an origin that is not in FRONTEND_ORIGINS.'),
          429: problemResponse(
            'RATE_LIMITED: the session or user logs out too often, or too many requests of the network had no accepted token.',
          ),
          503: problemResponse('REDIS_UNAVAILABLE or ISSUER_UNAVAILABLE: try again.'),
        },
      },
      handler: async (request) => {
        const { headers, query, clientAddress, trace } = request;
        const { everywhere = false } = query;
        const principal = await authenticate(headers.authorization, clientAddress);
        request.principal = principal;
        const { issuer, session, user } = principal;
        // A revoked token must not end what began after its revocation.
        if (await actions.isRevoked(principal)) throw new RejectionError('session_revoked');
        if (everywhere && user === null) throw invalid('The token names no user.');
        await limit(principal);
        const target = everywhere
          ? targetOf({ kind: 'user', issuer, user })
          : targetOf({ kind: 'session', issuer, session });
        const until = await times.endOfLogOut(principal);
        const decision = { target, until, why: 'logout', by: LOGGED_OUT };
        return actions.carryOut(decision, trace);
      },
    });
  };
}
