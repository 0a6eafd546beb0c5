import { type CommandContext, type Principal, type Reporter, reasonRow } from '@admit-one/core';
import { type Logger, logAt, RejectionError } from '@admit-one/runtime';

/** The origin of a request for a ticket. */
export interface IssueOrigin {
  readonly context: CommandContext;
  readonly traceId: string;
}

export interface IssuanceRejectionRecorderOptions {
  readonly reporter: Reporter;
  readonly instance: string;
  readonly log: Logger;
}

/**
 * Records a rejected request for a ticket: one event, and one line in the log. Returns the rejection, marked as reported.
 */
export function createIssuanceRejectionRecorder({
  reporter,
  instance,
  log,
}: IssuanceRejectionRecorderOptions) {
  return function recordRejection(
    rejection: RejectionError,
    principal: Principal | null,
    { context, traceId }: IssueOrigin,
  ): RejectionError {
    const { reason, detail = null, cause: err } = rejection;
    const { traceparent, ...where } = context;
    const data = { reason, detail, principal, context: where, count: 1 };
    reporter.report({ type: 'admit.issuance.rejected', subject: instance, traceparent, data });
    const sessionId = principal?.session ?? null;
    const facts = { reason, detail, sessionId, traceId, err };
    logAt(log, reasonRow(reason).severity, facts, 'issuance_rejected');
    return new RejectionError(reason, { ...rejection, cause: err, reported: true });
  };
}

export type RecordIssuanceRejection = ReturnType<typeof createIssuanceRejectionRecorder>;
