import { AuditLogError } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import type { FastifyError, FastifySchema } from 'fastify';
import { UnsearchablePrefix } from '../pseudonyms/pseudonyms.ts';
import { invalidQuery } from './query/parameters.ts';

const UNSEARCHABLE =
  'address must be an address, a /24 of IPv4 or a /64 of IPv6, such as 203.0.113.0/24: addresses are stored as pseudonyms.';

/** The rejection for an error of the audit log or an invalid query; any other error, also of a path or a body, as it is. */
export function readRejectionOf(
  error: FastifyError | AuditLogError,
  schema: FastifySchema | undefined,
): unknown {
  if (error instanceof AuditLogError) return ofAuditLog(error);
  if (error instanceof UnsearchablePrefix) return invalidQuery(UNSEARCHABLE);
  const [issue] = error.validation ?? [];
  if (!issue || error.validationContext !== 'querystring') return error;
  return new RejectionError('request_invalid', {
    detail: queryIssueOf(issue, schema?.querystring),
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

type ValidationIssue = NonNullable<FastifyError['validation']>[number];

/** What is wrong with a query parameter, as a sentence. */
function queryIssueOf(issue: ValidationIssue, schema: unknown): string {
  const { instancePath, keyword, params, message } = issue;
  const name = instancePath.split('/')[1] ?? '';
  switch (keyword) {
    case 'additionalProperties': {
      const { properties } = schema as { readonly properties: object };
      const unknown = JSON.stringify(String(params.additionalProperty).slice(0, 64));
      return `There is no parameter ${unknown} here, only ${Object.keys(properties).join(', ')}.`;
    }
    case 'enum':
      return `${name} must be one of ${[params.allowedValues].flat().join(', ')}.`;
    default:
      return `${name} ${message}.`;
  }
}
