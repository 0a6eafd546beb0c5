import { AuditLogError } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import type { FastifyError, FastifySchema } from 'fastify';
import { queryIssueOf } from './query-fault.ts';

/** The rejection for an error of the audit log or an invalid query; returns any other error as it is. */
export function refusalOf(error: FastifyError | AuditLogError, schema: FastifySchema | undefined): unknown {
  if (error instanceof AuditLogError) return ofAuditLog(error);
  const [fault] = error.validation ?? [];
  if (!fault) return error;
  return new RejectionError('request_invalid', {
    detail: queryIssueOf(fault, schema?.querystring),
    cause: error,
  });
}

function ofAuditLog(error: AuditLogError): RejectionError {
  switch (error.code) {
    case 'unavailable':
      return new RejectionError('audit_log_unavailable', { cause: error });
    case 'bad_cursor':
      return new RejectionError('request_invalid', {
        detail: 'cursor must be what a page gave as next.',
        cause: error,
      });
    default:
      throw error.code satisfies never;
  }
}
