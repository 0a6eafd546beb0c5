import { type CommandContext, type Principal, type Reporter, reasonRow } from '@admit-one/core';
import { type Logger, logAt, RejectionError } from '@admit-one/runtime';

/** Where a refused request came from. */
export interface RequestOrigin {
  readonly context: CommandContext;
  readonly traceId: string;
}

/** Tells of a request for a ticket that was refused, in one event and one log line, and gives the refusal as reported. */
export type ReportRejection = (
  refusal: RejectionError,
  principal: Principal | null,
  request: RequestOrigin,
) => RejectionError;

export interface ReportRejectionOptions {
  readonly reporter: Reporter;
  readonly instance: string;
  readonly log: Logger;
}

/** Makes the report of refused requests for tickets. */
export function createReportRejection({ reporter, instance, log }: ReportRejectionOptions): ReportRejection {
  return (refusal, principal, { context, traceId }) => {
    const { reason, detail = null, cause: err } = refusal;
    const { traceparent, ...where } = context;
    const data = { reason, detail, principal, context: where, count: 1 };
    reporter.report({ type: 'admit.issuance.rejected', subject: instance, traceparent, data });
    const sessionId = principal?.session ?? null;
    const facts = { reason, detail, sessionId, traceId, err };
    logAt(log, reasonRow(reason).severity, facts, 'issuance_rejected');
    return new RejectionError(reason, { ...refusal, cause: err, reported: true });
  };
}
