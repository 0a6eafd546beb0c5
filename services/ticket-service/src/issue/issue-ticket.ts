import { type CommandContext, createIdSource, type LastFailure, type Principal } from '@admit-one/core';
import { type Logger, RejectionError } from '@admit-one/runtime';
import type { Commands } from '../commands/commands.ts';
import type { ControlState } from '../control/control-state.ts';
import type { LimitRequests } from '../limits/issue-limits.ts';
import type { IssueOrigin } from './issuance-rejections.ts';
import type { TicketTerms } from './ticket-terms.ts';

export interface IssueRequest extends IssueOrigin {
  /** A new ticket: a secret. */
  readonly ticket: string;
  readonly ticketId: string;
  readonly principal: Principal;
  readonly terms: TicketTerms;
  /** The backend that requests it on behalf of the principal. */
  readonly requestedBy?: string;
  /** The program that requests it, `<name>/<version>`. */
  readonly client: string | undefined;
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
  readonly synthetic?: true;
}

/** Whether a ticket may be issued now, before a command is run. @throws {RejectionError} @throws {StoreError} */
export type CheckIssue = (principal: Principal, context: CommandContext) => Promise<void>;

/** Issues a ticket. @throws {RejectionError} where the command is rejected @throws {StoreError} */
export type IssueTicket = (request: IssueRequest) => Promise<IssuedTicket>;

export interface IssueTicketOptions {
  readonly commands: Commands;
  readonly checkIssue: CheckIssue;
  readonly log: Logger;
}

export interface CheckIssueOptions {
  readonly commands: Commands;
  readonly control: Pick<ControlState, 'restored' | 'blocked' | 'copy'>;
  readonly limit: LimitRequests;
}

export function createCheckIssue({ commands, control, limit }: CheckIssueOptions): CheckIssue {
  return async (principal, { address }) => {
    if (!control.restored) throw new RejectionError('store_unavailable');
    const now = await commands.now();
    if (control.blocked.has(address, now)) throw new RejectionError('address_blocked');
    // The store decides. What it would reject by what is known here, doesn't count towards the limits.
    if (control.copy.isPaused(now)) throw new RejectionError('issuing_paused');
    if (control.copy.revocationOf({ id: '', ticketId: '', principal }, now))
      throw new RejectionError('session_revoked');
    await limit(principal);
  };
}

/** How long after the request an issue may still be decided: the client waits about as long. */
const ISSUE_BUDGET_MS = 2_000;

export function createIssueTicket(options: IssueTicketOptions): IssueTicket {
  const { commands, checkIssue, log } = options;
  const newId = createIdSource();

  return async (request) => {
    const { ticket, ticketId, principal, terms, requestedBy, client, lastFailure, context } = request;
    const { route, ttlSeconds, binding } = terms;
    await checkIssue(principal, context);
    const outcome = await commands.run(ticketId, {
      type: 'issue',
      id: newId(),
      context,
      deadline: (await commands.now()) + ISSUE_BUDGET_MS,
      principal,
      route,
      ttlMs: ttlSeconds * 1000,
      ...(binding && { binding }),
      ...(requestedBy !== undefined && { requestedBy }),
      ...(client && { client }),
      ...(lastFailure && { lastFailure }),
    });
    if (outcome.kind === 'rejected') throw new RejectionError(outcome.reason);
    if (outcome.state.status === 'none') throw new Error('a ticket that was issued is not there');

    logIssued(request);
    const { expiresAt } = outcome.state.ticket;
    return {
      ticket,
      ticketId,
      expiresInSeconds: ttlSeconds,
      expires_at: Math.floor(expiresAt / 1000),
      ...(principal.synthetic && { synthetic: true }),
    };
  };

  function logIssued(request: IssueRequest): void {
    if (!log.isLevelEnabled('info')) return;
    const { ticketId, principal, terms, requestedBy, client, lastFailure, traceId, linkedTraceId } = request;
    const facts = {
      hasUserId: principal.user !== null,
      ttl: terms.ttlSeconds,
      ticketId,
      ticketHash: ticketId,
      sessionId: principal.session,
      traceId,
      linkedTraceId,
      client,
      requestedBy,
      lastFailure: lastFailure?.reason,
    };
    log.info(facts, 'ticket_issued');
  }
}
