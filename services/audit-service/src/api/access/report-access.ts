import type { AuditAccess, Reporter } from '@admit-one/core';
import type { FastifyRequest } from 'fastify';

/** What an operator has read. */
export interface Access {
  readonly access: AuditAccess;
  /** From `queryText`: without secrets. */
  readonly query: string;
  readonly eventCount: number;
  /** Whether all events that the query asks for were sent. */
  readonly complete: boolean;
}

/** Records that the operator of a request has read from the audit log. */
export type ReportAccess = (request: FastifyRequest, access: Access) => void;

export function createReportAccess({
  reporter,
  instance,
}: {
  readonly reporter: Reporter;
  readonly instance: string;
}): ReportAccess {
  return ({ operator: { subject, from }, clientAddress, trace: { traceparent } }, access) => {
    const data = { ...access, operator: { subject, from: from.kind }, address: clientAddress };
    reporter.report({ type: 'admit.audit.accessed', subject: instance, traceparent, data });
  };
}
