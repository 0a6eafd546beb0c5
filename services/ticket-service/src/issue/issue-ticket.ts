import { type LastFailure, newId, newTicket, type Principal, proofOf, ticketIdOf } from '@admit-one/core';
import { type Logger, RejectionError } from '@admit-one/runtime';
import type { Commands } from '../commands/commands.ts';
import type { Authenticate } from '../http/authenticate.ts';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';
import type { IssueOrigin, RecordIssuanceRejection } from './issuance-rejections.ts';

export interface IssueRequest extends IssueOrigin {
  readonly authorization: string | undefined;
  /** The route to bind the ticket to, or null for any. */
  readonly route: string | null;
  readonly lastFailure: LastFailure | undefined;
}

/** The reply to a request for a ticket. */
export interface IssuedTicket {
  /** A secret: it is in this reply and nowhere else. */
  readonly ticket: string;
  readonly ticketId: string;
  readonly expiresInSeconds: number;
  /** Unix seconds. */
  readonly expires_at: number;
}

/** Issues a ticket for the principal of a bearer token. @throws {RejectionError} and nothing else, reported already */
export type IssueTicket = (request: IssueRequest) => Promise<IssuedTicket>;

export interface IssueTicketOptions {
  readonly authenticate: Authenticate;
  readonly commands: Commands;
  readonly recordRejection: RecordIssuanceRejection;
  readonly ttlSeconds: number;
  readonly log: Logger;
}

/** How long after the request an issue may still be decided: the client waits about as long. */
const ISSUE_BUDGET_MS = 2_000;

export function createIssueTicket(options: IssueTicketOptions): IssueTicket {
  const { authenticate, commands, recordRejection, ttlSeconds, log } = options;

  return async (request) => {
    let principal: Principal | null = null;
    try {
      principal = await authenticate(request.authorization);
      return await issueTo(principal, request);
    } catch (error) {
      throw recordRejection(rejectionErrorOf(error), principal, request);
    }
  };

  async function issueTo(
    principal: Principal,
    { route, lastFailure, context, traceId }: IssueRequest,
  ): Promise<IssuedTicket> {
    const ticket = newTicket();
    const ticketId = ticketIdOf(proofOf(ticket));
    const outcome = await commands.run(ticketId, {
      type: 'issue',
      id: newId(),
      context,
      deadline: (await commands.now()) + ISSUE_BUDGET_MS,
      principal,
      route,
      ttlMs: ttlSeconds * 1000,
      ...(lastFailure && { lastFailure }),
    });
    if (outcome.kind === 'rejected') throw new RejectionError(outcome.reason);
    if (outcome.state.status === 'none') throw new Error('a ticket that was issued is not there');

    const { session: sessionId, user } = principal;
    const facts = {
      hasUserId: user !== null,
      ttl: ttlSeconds,
      ticketId,
      ticketHash: ticketId,
      sessionId,
      traceId,
    };
    log.info({ ...facts, lastFailure: lastFailure?.reason }, 'ticket_issued');
    const { expiresAt } = outcome.state.ticket;
    return { ticket, ticketId, expiresInSeconds: ttlSeconds, expires_at: Math.floor(expiresAt / 1000) };
  }
}
