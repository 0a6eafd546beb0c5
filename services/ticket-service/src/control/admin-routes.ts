import { type ControlEntry, isOfUser } from '@admit-one/core';
import type { Operator } from '@admit-one/identity';
import { type Authorize, problemResponse } from '@admit-one/runtime';
import { visibleText } from '@admit-one/text';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { answerNoStore } from '../http/no-store.ts';
import { throwRejection } from '../http/rejection-error-of.ts';
import type { ControlActions, Forecast, Receipt } from './control-actions.ts';
import { ActionBody, EntriesReply, OutcomeReply, ReceiptReply, RevocationBody } from './control-schemas.ts';
import type { DecisionTimes } from './decision-times.ts';
import type { IssuerOf } from './request-members.ts';
import { actionOf, type RequestedDecision, revocationOf } from './requested-decision.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The operator, on the routes of `adminRoutes`. */
    admin: Operator | null;
  }
}

export interface AdminRoutesOptions {
  readonly authorize: Authorize;
  readonly actions: ControlActions;
  readonly times: DecisionTimes;
  readonly issuerOf: IssuerOf;
}

const problems = {
  400: problemResponse('INVALID_REQUEST: the body is not of this form.'),
  401: problemResponse('INVALID_TOKEN: there is no token of an operator.'),
  403: problemResponse('INSUFFICIENT_SCOPE: the operator may not do this.'),
  429: problemResponse('RATE_LIMITED: too many requests of the network had no accepted token.'),
  503: problemResponse('REDIS_UNAVAILABLE or OVERLOADED: try again. The change may have been made.'),
};

const MAX_LISTED = 1_000;

/** What operators with the scope `tickets:revoke` do while things run: each with a reason, an end, and a way back. */
export function adminRoutes(options: AdminRoutesOptions): FastifyPluginAsyncTypebox {
  const { authorize, actions, times, issuerOf } = options;
  const common = { tags: ['control'], security: [{ bearer: [] }] };

  async function decide(
    { target, at }: RequestedDecision,
    { reason, expiresAt, dryRun }: Static<typeof ActionBody>,
    request: FastifyRequest,
  ): Promise<Receipt | Forecast> {
    const by = operatorOf(request).subject;
    const decision = { target, at, until: await times.endOf(expiresAt), why: visibleText(reason), by };
    return dryRun ? actions.forecast(decision) : actions.carryOut(decision, request.trace);
  }

  return async (app) => {
    answerNoStore(app);
    app.decorateRequest('admin', null);
    app.addHook('onRequest', async (request) => {
      request.admin = await authorize(request, 'tickets:revoke');
    });
    app.setErrorHandler(throwRejection);

    app.post(
      '/api/v1/admin/revocations',
      {
        schema: {
          ...common,
          summary: 'Revoke tickets, and close the connections that they admitted',
          body: RevocationBody,
          response: { 200: OutcomeReply, ...problems },
        },
      },
      (request) => decide(revocationOf(request.body, issuerOf), request.body, request),
    );

    app.post(
      '/api/v1/admin/actions',
      {
        schema: {
          ...common,
          summary: 'Pause issuing, block a network, or drain an edge',
          body: ActionBody,
          response: { 200: OutcomeReply, ...problems },
        },
      },
      (request) => decide(actionOf(request.body), request.body, request),
    );

    app.get(
      '/api/v1/admin/revocations',
      {
        schema: {
          ...common,
          summary: 'List what is revoked, paused, blocked and drained',
          response: { 200: EntriesReply, 401: problems[401], 403: problems[403], 429: problems[429] },
        },
      },
      () => {
        const entries = [...actions.list()].sort(operatorsFirst);
        return { total: entries.length, entries: entries.slice(0, MAX_LISTED).map(replyOf) };
      },
    );

    app.delete(
      '/api/v1/admin/revocations/:id',
      {
        schema: {
          ...common,
          summary: 'Undo an entry of that list',
          params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
          querystring: Type.Object(
            { reason: Type.Optional(Type.String({ maxLength: 256 })) },
            { additionalProperties: false },
          ),
          response: {
            200: ReceiptReply,
            ...problems,
            404: problemResponse('INVALID_REQUEST: there is no such entry in force.'),
            409: problemResponse('INVALID_REQUEST: a ticket or connection stays revoked.'),
          },
        },
      },
      ({ params: { id }, query: { reason = 'undone' }, trace, admin }) =>
        actions.undo(id, operatorOf({ admin }).subject, visibleText(reason), trace),
    );
  };
}

function operatorOf({ admin }: Pick<FastifyRequest, 'admin'>): Operator {
  if (!admin) throw new Error('a request without an operator passed authorization');
  return admin;
}

function replyOf({ id, kind, issuer, session, user, value, why, by, changedAt, until }: ControlEntry) {
  const [since, expiresAt] = [changedAt, until].map((time) => new Date(time).toISOString());
  return {
    ...{ id, kind, issuer, session, user, value },
    reason: why,
    by,
    since: since ?? '',
    expiresAt: expiresAt ?? '',
  };
}

/** What users cause is many, and of no use to an operator who looks for a decision of theirs; then the newest first. */
function operatorsFirst(one: ControlEntry, other: ControlEntry): number {
  return Number(isOfUser(one)) - Number(isOfUser(other)) || other.changedAt - one.changedAt;
}
