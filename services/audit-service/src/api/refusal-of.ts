import { AuditLogError } from '@admit-one/core';
import { TokenError, tokenRefusalOf } from '@admit-one/identity';
import { Refusal } from '@admit-one/runtime';
import type { FastifyError, FastifySchema } from 'fastify';
import { queryFaultOf } from './query-fault.ts';

/** Makes a refusal of a bad token, of what the audit log throws, or of a query that is not of its schema; leaves anything else. */
export function refusalOf(
  error: FastifyError | AuditLogError | TokenError,
  schema: FastifySchema | undefined,
): unknown {
  if (error instanceof TokenError) return ofToken(error);
  if (error instanceof AuditLogError) return ofAuditLog(error);
  const [fault] = error.validation ?? [];
  if (!fault) return error;
  return new Refusal('request_invalid', { detail: queryFaultOf(fault, schema?.querystring), cause: error });
}

function ofToken(error: TokenError): Refusal {
  const { reason, ...told } = tokenRefusalOf(error, 'OPERATOR');
  return new Refusal(reason, told);
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
