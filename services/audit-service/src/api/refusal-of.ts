import { AuditLogError } from '@admit-one/core';
import { TokenError, tokenRejectionOf } from '@admit-one/identity';
import { RejectionError } from '@admit-one/runtime';
import type { FastifyError, FastifySchema } from 'fastify';
import { queryIssueOf } from './query-fault.ts';

/** Makes a refusal of a bad token, of what the audit log throws, or of a query that is not of its schema; leaves anything else. */
export function refusalOf(
  error: FastifyError | AuditLogError | TokenError,
  schema: FastifySchema | undefined,
): unknown {
  if (error instanceof TokenError) return ofToken(error);
  if (error instanceof AuditLogError) return ofAuditLog(error);
  const [fault] = error.validation ?? [];
  if (!fault) return error;
  return new RejectionError('request_invalid', {
    detail: queryIssueOf(fault, schema?.querystring),
    cause: error,
  });
}

function ofToken(error: TokenError): RejectionError {
  const { reason, ...told } = tokenRejectionOf(error, 'OPERATOR');
  return new RejectionError(reason, told);
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
