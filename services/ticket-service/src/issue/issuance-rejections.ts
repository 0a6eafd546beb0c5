import { type CommandContext, type Principal, type Reporter, reasonRow } from '@admit-one/core';
import { type Logger, logAt, type RejectionError } from '@admit-one/runtime';

/** The origin of a request for a ticket. */
export interface IssueOrigin {
  readonly context: CommandContext;
  readonly traceId: string;
  readonly linkedTraceId: string | undefined;
}

export interface IssuanceRejectionRecorderOptions {
  readonly reporter: Reporter;
  readonly instance: string;
  readonly log: Logger;
}

/**
 * Records a rejected request for a ticket: one event, and one line in the log. Marks it as reported.
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
  ): void {
    const { reason, detail = null, cause: err } = rejection;
    const { traceparent, ...where } = context;
    const data = { reason, detail, principal, context: where, count: 1 };
    reporter.report({ type: 'admit.issuance.rejected', subject: instance, traceparent, data });
    const sessionId = principal?.session ?? null;
    const facts = { reason, detail, sessionId, traceId, linkedTraceId, err };
    logAt(log, reasonRow(reason).severity, facts, 'issuance_rejected');
    rejection.reported = true;
  };
}

export type RecordIssuanceRejection = ReturnType<typeof createIssuanceRejectionRecorder>;
