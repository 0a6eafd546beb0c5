import { AuditLogError } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import type { FastifyError, FastifySchema } from 'fastify';

/** The rejection for an error of the audit log or an invalid query; any other error, also of a path or a body, as it is. */
export function readRejectionOf(
  error: FastifyError | AuditLogError,
  schema: FastifySchema | undefined,
): unknown {
  if (error instanceof AuditLogError) return ofAuditLog(error);
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
    case 'format':
      return notAnInstant(name);
    default:
      return `${name} ${message}.`;
  }
}

/** The detail of an invalid time. */
export function notAnInstant(name: string): string {
  return `${name} must be a date and time of RFC 3339, such as 2026-01-31T12:00:00Z; in a URL, + is %2B.`;
}
