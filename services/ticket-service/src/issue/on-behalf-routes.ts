import type { TicketPolicy } from '@admit-one/config';
import type { Principal } from '@admit-one/core';
import { BACKEND_ISSUER_ALIAS, type Operator } from '@admit-one/identity';
import { type Authorize, problemResponse } from '@admit-one/runtime';
import { canonicalAddress } from '@admit-one/text';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import type { Commands } from '../commands/commands.ts';
import { invalid } from '../control/request-members.ts';
import { OnBehalfBody, TicketResponse } from '../http/http-schemas.ts';
import type { IssueTicket } from './issue-ticket.ts';
import { originOf } from './origin-of.ts';
import { type IssuingOptions, prepareIssuing } from './prepare-issuing.ts';
import { rejectSecrets } from './ticket-routes.ts';
import { ticketTermsOf } from './ticket-terms.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The backend, on the routes of `onBehalfRoutes`; null before it is authorized. */
    backend: Operator | null;
  }
}

export const ON_BEHALF_PATH = '/api/websocket/ticket/on-behalf';

export interface OnBehalfOptions extends IssuingOptions {
  readonly authorize: Authorize;
  readonly policy: TicketPolicy;
  readonly issueTicket: IssueTicket;
  readonly commands: Pick<Commands, 'now'>;
  /** The aliases of the configured issuers of users. */
  readonly issuers: readonly string[];
}

/** By how much the clock of a backend may be ahead. */
const CLOCK_TOLERANCE_SECONDS = 60;

/** As JSON, with names: the rest of an event has room beside it. */
const MAX_ATTRIBUTE_BYTES = 8 * 1024;

/**
 * The endpoint where a backend with the scope `tickets:issue` gets tickets for its users: for applications whose pages
 * have a cookie and no token.
 */
export function onBehalfRoutes(options: OnBehalfOptions): FastifyPluginAsyncTypebox {
  const { authorize, policy, issueTicket, commands, issuers, instance } = options;

  async function principalOf(body: Static<typeof OnBehalfBody>): Promise<Principal> {
    const { session, user = null, attributes = {}, issuer = BACKEND_ISSUER_ALIAS, authTime } = body;
    if (issuer !== BACKEND_ISSUER_ALIAS && !issuers.includes(issuer))
      throw invalid(`issuer must be one of ${[BACKEND_ISSUER_ALIAS, ...issuers].join(', ')}.`);
    if (Buffer.byteLength(JSON.stringify(attributes)) > MAX_ATTRIBUTE_BYTES)
      throw invalid(`attributes must be at most ${MAX_ATTRIBUTE_BYTES} bytes as JSON.`);
    const now = Math.floor((await commands.now()) / 1000);
    if (authTime !== undefined && authTime > now + CLOCK_TOLERANCE_SECONDS)
      throw invalid('authTime is in the future. It is in Unix seconds.');
    const tokenIssuedAt = Math.min(authTime ?? now, now);
    return { issuer, session, sessionFrom: 'backend', user, tokenIssuedAt, kid: null, attributes };
  }

  return async (app) => {
    prepareIssuing(app, options);
    app.decorateRequest('backend', null);
    app.addHook('onRequest', async (request) => {
      request.backend = await authorize(request, 'tickets:issue');
    });

    app.post(
      ON_BEHALF_PATH,
      {
        schema: {
          summary: 'A ticket for a user of a backend',
          description:
            'For a backend with the scope `tickets:issue`, which has authenticated the user itself.',
          tags: ['tickets'],
          security: [{ bearer: [] }],
          body: OnBehalfBody,
          response: {
            200: TicketResponse,
            400: problemResponse('INVALID_REQUEST: the body is not of this form.'),
            401: problemResponse('INVALID_TOKEN: there is no token of a backend.'),
            403: problemResponse('INSUFFICIENT_SCOPE: the token lacks `tickets:issue`.'),
            429: problemResponse('RATE_LIMITED: the session or user asks too often. Pass it on to the page.'),
            503: problemResponse('REDIS_UNAVAILABLE, ISSUER_UNAVAILABLE or OVERLOADED: try again.'),
          },
        },
        preValidation: async ({ body }) => rejectSecrets(body),
      },
      async (request) => {
        const { body, backend, ticket, ticketId } = request;
        const { route = null, origin = null } = body;
        const address = body.address === undefined ? null : canonicalAddress(body.address);
        if (body.address !== undefined && address === null) throw invalid('address is not an IP address.');
        const principal = await principalOf(body);
        request.principal = principal;
        return issueTicket({
          ...{ ticket, ticketId, principal, client: body.client, lastFailure: undefined },
          terms: ticketTermsOf(policy, { route, origin, address }, null),
          requestedBy: backend?.subject ?? '',
          ...originOf(request, route, instance),
        });
      },
    );
  };
}
