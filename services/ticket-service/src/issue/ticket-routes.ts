import type { TicketPolicy } from '@admit-one/config';
import type { Principal } from '@admit-one/core';
import type { AuthenticatedUser } from '@admit-one/identity';
import { problemResponse, RejectionError } from '@admit-one/runtime';
import { hasCredential } from '@admit-one/text';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { AuthenticateWithClaims } from '../http/authenticate.ts';
import { TicketBody, TicketQuery, TicketResponse } from '../http/http-schemas.ts';
import type { IssueTicket } from './issue-ticket.ts';
import { lastFailureOf } from './last-failure.ts';
import { originOf } from './origin-of.ts';
import { type IssuingOptions, prepareIssuing } from './prepare-issuing.ts';
import { type TicketTerms, ticketTermsOf } from './ticket-terms.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The claims of the token, on the routes of `ticketRoutes`; null before it is verified. */
    claims: AuthenticatedUser['claims'] | null;
  }
}

/** Every path that issues tickets; the first is canonical, the others are for clients that know them. */
export const ticketPaths = [
  { method: 'POST', url: '/api/websocket/ticket' },
  { method: 'POST', url: '/api/ws/ticket' },
  { method: 'GET', url: '/api/v1/ws-ticket' },
  { method: 'POST', url: '/websocket/ticket' },
] as const;

export interface TicketRouteOptions extends IssuingOptions {
  readonly authenticate: AuthenticateWithClaims;
  readonly policy: TicketPolicy;
  readonly issueTicket: IssueTicket;
}

const response = {
  200: TicketResponse,
  400: problemResponse('INVALID_REQUEST: the body or query is not of this form.'),
  401: problemResponse('INVALID_TOKEN, or MISSING_SESSION where the token names no session.'),
  403: problemResponse(
    'ORIGIN_BLOCKED: the page is of an origin that is not in FRONTEND_ORIGINS. INSUFFICIENT_SCOPE: the token may not use the route.',
  ),
  429: problemResponse('RATE_LIMITED: the session, the user or the network asks too often.'),
  503: problemResponse('REDIS_UNAVAILABLE, ISSUER_UNAVAILABLE or OVERLOADED: try again.'),
};

const GET_HAS_NO_BODY = 'GET has no body here: name the route in the query, or use POST.';

/** The endpoint that issues tickets, under each of its paths. A rejection is recorded once, by the error handler. */
export function ticketRoutes(options: TicketRouteOptions): FastifyPluginAsyncTypebox {
  const { authenticate, policy, issueTicket, instance } = options;

  return async (app) => {
    prepareIssuing(app, options);
    app.decorateRequest('claims', null);
    // Before the body is read, so that a request without a good token costs little.
    app.addHook('onRequest', async (request) => {
      const { principal, claims } = await authenticate(request.headers.authorization, request.clientAddress);
      request.principal = principal;
      request.claims = claims;
      if (request.method === 'GET' && hasBody(request))
        throw new RejectionError('request_invalid', { detail: GET_HAS_NO_BODY });
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
        // Before the schema, whose message would be a pattern.
        preValidation: ({ query, body }, _reply, done) => {
          rejectSecrets(query);
          rejectSecrets(body);
          done();
        },
        handler: async (request) => {
          const body = request.body as Static<typeof TicketBody> | undefined;
          const terms = termsOf(request, policy);
          return issueTicket({
            ticket: request.ticket,
            ticketId: request.ticketId,
            principal: principalOf(request),
            terms,
            client: body?.client,
            lastFailure: body?.lastFailure && lastFailureOf(body.lastFailure),
            ...originOf(request, terms.route, instance),
          });
        },
      });
  };
}

/**
 * What a ticket is requested with is in logs and events.
 * @throws {RejectionError} where the route or the client may be a ticket or a token
 */
export function rejectSecrets(given: unknown): void {
  for (const name of ['route', 'origin', 'client'] as const) {
    const value = (given as Readonly<Record<string, unknown>> | null | undefined)?.[name];
    if (typeof value === 'string' && hasCredential(value))
      throw new RejectionError('request_invalid', {
        detail: `${name} looks like a ticket or a token, which is a secret.`,
      });
  }
}

/** Fastify does not read the body of a GET: a route in it would be ignored. */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** @throws {RejectionError} where the token may not use the route, or the address to bind to is not known */
function termsOf(request: FastifyRequest, policy: TicketPolicy): TicketTerms {
  const { body, query, headers, claims } = request;
  const wanted = body as Static<typeof TicketBody> | undefined;
  const queried = (query as Static<typeof TicketQuery>).route;
  const { route = queried ?? null } = wanted ?? {};
  if (queried !== undefined && queried !== route)
    throw new RejectionError('request_invalid', { detail: 'The query and the body name different routes.' });
  // A request may ask for more than the policy, and not for less.
  const origin = (policy.bindsOrigin ? headers.origin : undefined) ?? wanted?.origin ?? null;
  const bindsAddress = policy.bindsAddress || (wanted?.bindAddress ?? false);
  const address = bindsAddress ? request.clientAddress : null;
  if (bindsAddress && address === null)
    throw new RejectionError('request_invalid', {
      detail: 'The address to bind the ticket to is not known.',
    });
  return ticketTermsOf(policy, { route, origin, address }, claims);
}

function principalOf({ principal }: FastifyRequest): Principal {
  if (principal === null) throw new Error('principal is not set: the onRequest hook has not run');
  return principal;
}
