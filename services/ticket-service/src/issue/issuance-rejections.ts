import {
  type CommandContext,
  type IssuanceRequest,
  type Principal,
  type Reporter,
  reasonRow,
} from '@admit-one/core';
import type { RejectionError, RejectionLog } from '@admit-one/runtime';
import { clientNetwork } from '@admit-one/text';

/** What a request was for, where it was not for a ticket. */
export interface RequestFacts {
  readonly request?: IssuanceRequest;
  /** Of a renewal. */
  readonly ticketId?: string;
}

/** The origin of a request for a ticket. */
export interface IssueOrigin {
  readonly context: CommandContext;
  readonly traceId: string;
  readonly linkedTraceId: string | undefined;
}

export interface IssuanceRejectionRecorderOptions {
  readonly reporter: Reporter;
  readonly instance: string;
  readonly log: RejectionLog;
}

/**
 * Records a rejected request for a ticket, or of a session: one event, and one line in the log. Marks it as reported.
 */
export function createIssuanceRejectionRecorder({
  reporter,
  instance,
  log,
}: IssuanceRejectionRecorderOptions) {
  return function recordRejection(
    rejection: RejectionError,
    principal: Principal | null,
    { context, traceId, linkedTraceId }: IssueOrigin,
    requested: RequestFacts = {},
  ): void {
    const { reason, detail = null, cause: err } = rejection;
    const { address, origin, agent, route, carrier, edge, traceparent } = context;
    const where = { address, origin, agent, route, carrier, edge };
    const data = { reason, detail, principal, context: where, count: 1, ...requested };
    const network = address === null ? null : clientNetwork(address);
    reporter.report({ type: 'admit.issuance.rejected', subject: instance, traceparent, data }, network);
    const sessionId = principal?.session ?? null;
    const facts = { reason, detail, sessionId, ...requested, traceId, linkedTraceId, err };
    log.write(reasonRow(reason).severity, facts, 'issuance_rejected', network);
    rejection.reported = true;
  };
}

export type RecordIssuanceRejection = ReturnType<typeof createIssuanceRejectionRecorder>;
