import { type CommandContext, type Principal, type Reporter, reasonRow } from '@admit-one/core';
import { type Logger, logAt, type Refusal } from '@admit-one/runtime';

/** Where a refused request came from. */
export interface RefusedRequest {
  readonly context: CommandContext;
  readonly traceId: string;
}

/** Tells of a request for a ticket that was refused: one event, one log line. */
export type ReportRejection = (
  refusal: Refusal,
  principal: Principal | null,
  request: RefusedRequest,
) => void;

export interface RejectionOptions {
  readonly reporter: Reporter;
  readonly instance: string;
  readonly log: Logger;
}

/** Makes the report of refused requests for tickets. */
export function createReportRejection({ reporter, instance, log }: RejectionOptions): ReportRejection {
  return ({ reason, detail = null }, principal, { context, traceId }) => {
    const { traceparent, ...where } = context;
    const data = { reason, detail, principal, context: where, count: 1 };
    reporter.report({ type: 'admit.issuance.rejected', subject: instance, traceparent, data });
    const sessionId = principal?.session ?? null;
    logAt(log, reasonRow(reason).severity, { reason, detail, sessionId, traceId }, 'issuance_rejected');
  };
}
