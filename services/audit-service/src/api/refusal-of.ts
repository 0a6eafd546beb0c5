import { AuditLogError } from '@admit-one/core';
import { Refusal } from '@admit-one/runtime';
import type { FastifyError, FastifySchema } from 'fastify';
import { queryFaultOf } from './query-fault.ts';

/** Makes a refusal of what the audit log throws, or of a query that is not of its schema; leaves anything else. */
export function refusalOf(error: FastifyError | AuditLogError, schema: FastifySchema | undefined): unknown {
  if (error instanceof AuditLogError) return ofAuditLog(error);
  const [fault] = error.validation ?? [];
  if (!fault) return error;
  return new Refusal('request_invalid', { detail: queryFaultOf(fault, schema?.querystring), cause: error });
}

function ofAuditLog(error: AuditLogError): Refusal {
  switch (error.code) {
    case 'unavailable':
      return new Refusal('audit_log_unavailable', { cause: error });
    case 'bad_cursor':
      return new Refusal('request_invalid', {
        detail: 'cursor must be what a page gave as next.',
        cause: error,
      });
    default:
      throw error.code satisfies never;
  }
}
