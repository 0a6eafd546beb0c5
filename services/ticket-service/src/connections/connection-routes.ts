import { type Authorize, problemResponse } from '@admit-one/runtime';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { answerNoStore } from '../http/no-store.ts';
import { throwRejection } from '../http/rejection-error-of.ts';
import type { ConnectionActions } from './connection-actions.ts';
import { CloseBody, ConnectionsReply, ListBody, ListReply, SendBody } from './connection-schemas.ts';

export interface ConnectionRoutesOptions {
  readonly authorize: Authorize;
  readonly actions: ConnectionActions;
}

const problems = {
  400: problemResponse('INVALID_REQUEST: the body is not of this form.'),
  401: problemResponse('INVALID_TOKEN: there is no token of an operator.'),
  403: problemResponse('INSUFFICIENT_SCOPE: the operator may not do this.'),
  429: problemResponse('RATE_LIMITED: too many requests of the network had no accepted token.'),
  503: problemResponse('UPSTREAM_UNAVAILABLE or OVERLOADED: try again.'),
};

/** 64 KiB of text, each byte of it escaped as `\u0000`, with the other members. */
const MAX_SEND_BODY_BYTES = 6 * 64 * 1024 + 4 * 1024;

/** What a backend with the scope `connections:act` does with connections. */
export function connectionRoutes({ authorize, actions }: ConnectionRoutesOptions): FastifyPluginAsyncTypebox {
  const common = { tags: ['connections'], security: [{ bearer: [] }] };

  return async (app) => {
    answerNoStore(app);
    app.addHook('onRequest', async (request) => {
      await authorize(request, 'connections:act');
    });
    app.setErrorHandler(throwRejection);

    app.post(
      '/api/v1/admin/connections/list',
      {
        schema: {
          ...common,
          summary: 'List the connections of a session or user, at all edges',
          body: ListBody,
          response: { 200: ListReply, ...problems },
        },
      },
      ({ body }) => actions.list(body),
    );

    app.post(
      '/api/v1/admin/connections/send',
      {
        bodyLimit: MAX_SEND_BODY_BYTES,
        schema: {
          ...common,
          summary: 'Send a message to connections, at most once',
          body: SendBody,
          response: { 200: ConnectionsReply, ...problems },
        },
      },
      ({ body }) => actions.send(body),
    );

    app.post(
      '/api/v1/admin/connections/close',
      {
        schema: {
          ...common,
          summary: 'Close connections with a code and reason',
          body: CloseBody,
          response: { 200: ConnectionsReply, ...problems },
        },
      },
      ({ body }) => actions.close(body),
    );
  };
}
