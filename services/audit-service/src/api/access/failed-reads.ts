import { type Reporter, reasonRow } from '@admit-one/core';
import type { FastifyRequest } from 'fastify';

/** Reports a request that failed because of the infrastructure: someone could not read the audit log during an outage. */
export type ReportFailedRead = (request: FastifyRequest) => void;

export interface FailedReadsOptions {
  readonly reporter: Reporter;
  readonly instance: string;
  readonly onFailure: () => void;
}

export function createReportFailedRead({
  reporter,
  instance,
  onFailure,
}: FailedReadsOptions): ReportFailedRead {
  return ({ rejectedBecause: reason, trace, operator, clientAddress }) => {
    if (reason === undefined || reasonRow(reason).fault !== 'infrastructure') return;
    onFailure();
    const { traceparent } = trace;
    const data = { reason, operator: operator?.subject ?? null, address: clientAddress, count: 1 };
    reporter.report({ type: 'admit.audit.accessed', subject: instance, traceparent, data });
  };
}
