import type { KeySet } from '@admit-one/identity';
import { type FailureLimit, type Logger, problemResponse, RejectionError } from '@admit-one/runtime';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { AnonymousSessionResponse, KeySetResponse } from '../http/http-schemas.ts';
import { type RecordRejectionsOptions, recordRejections } from '../issue/record-rejections.ts';
import type { AnonymousSessions } from './anonymous-sessions.ts';

export interface AnonymousRouteOptions extends RecordRejectionsOptions {
  /** Null where they are switched off. */
  readonly anonymous: AnonymousSessions | null;
  /** Of the sessions that one network may start: each is a new holder of tickets, so a start counts like a failure. */
  readonly limit: FailureLimit;
  readonly log: Logger;
}

const NO_KEYS: KeySet = { keys: [] };

/** The endpoint that starts anonymous sessions, and the keys that sign them. */
export function anonymousRoutes(options: AnonymousRouteOptions): FastifyPluginAsyncTypebox {
  const { anonymous, limit, log } = options;
  return async (app) => {
    recordRejections(app, options, () => ({ request: 'anonymous_session' }));
    app.route({
      method: 'POST',
      url: '/api/v1/auth/token',
      config: { frontendOnly: true },
      schema: {
        summary: 'A new session without a login',
        tags: ['sessions'],
        response: {
          200: AnonymousSessionResponse,
          403: problemResponse(
            'ANONYMOUS_DISABLED: anonymous sessions are switched off. ORIGIN_BLOCKED: not for a page of this origin.',
          ),
          429: problemResponse('RATE_LIMITED: the network of the client starts too many sessions.'),
        },
      },
      handler: async (request, reply) => {
        if (!anonymous) throw new RejectionError('anonymous_disabled');
        const { clientAddress, trace } = request;
        const waitMs = limit.waitMs(clientAddress);
        if (waitMs > 0)
          throw new RejectionError('rate_limited', {
            retryAfterSeconds: waitMs / 1000,
            detail: 'Your network has started too many anonymous sessions.',
          });
        limit.count(clientAddress);
        const session = await anonymous.start();
        const { traceId } = trace;
        log.info({ sessionId: session.sessionId, traceId }, 'anonymous_session_started');
        reply.header('cache-control', 'no-store');
        return session;
      },
    });

    app.route({
      method: 'GET',
      url: '/.well-known/jwks.json',
      schema: {
        summary: 'The public keys of anonymous sessions',
        tags: ['sessions'],
        response: { 200: KeySetResponse },
      },
      handler: async (_request, reply) => {
        reply.header('cache-control', 'public, max-age=300');
        return anonymous?.jwks ?? NO_KEYS;
      },
    });
  };
}
