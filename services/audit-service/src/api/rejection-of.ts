import { AuditLogError } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import type { FastifyError, FastifyRequest } from 'fastify';
import { UnsearchablePrefix } from '../pseudonyms/pseudonyms.ts';
import { invalidQuery, unknownParameter } from './query/parameters.ts';

const UNSEARCHABLE =
  'address must be an address, a /24 of IPv4 or a /64 of IPv6, such as 203.0.113.0/24: addresses are stored as pseudonyms.';
const BAD_CURSOR = 'cursor must be what a page gave as next.';
/** A position has been read, so it can only be wrong by being ahead. */
const AHEAD =
  'This position is ahead of the audit log, which may have been restored: start without since, or from an earlier position.';

/** The rejection for an error of the audit log or an invalid query; any other error, also of a path or a body, as it is. */
export function readRejectionOf(
  error: FastifyError | AuditLogError,
  { query, routeOptions: { schema } }: Pick<FastifyRequest, 'query' | 'routeOptions'>,
): unknown {
  if (error instanceof AuditLogError) return ofAuditLog(error, query);
  if (error instanceof UnsearchablePrefix) return invalidQuery(UNSEARCHABLE);
  const [issue] = error.validation ?? [];
  if (!issue || error.validationContext !== 'querystring') return error;
  return ofQueryIssue(issue, schema?.querystring, error);
}

function ofAuditLog(error: AuditLogError, query: unknown): RejectionError {
  switch (error.code) {
    case 'unavailable':
    case 'bad_value':
      return new RejectionError('audit_log_unavailable', { cause: error });
    case 'bad_cursor':
      return invalidQuery(Object.hasOwn(query as object, 'cursor') ? BAD_CURSOR : AHEAD, error);
    default:
      throw error.code satisfies never;
  }
}

type ValidationIssue = NonNullable<FastifyError['validation']>[number];

/** Says what is wrong with a query parameter, as a sentence. */
function ofQueryIssue(issue: ValidationIssue, schema: unknown, cause: FastifyError): RejectionError {
  const { instancePath, keyword, params, message } = issue;
  const name = instancePath.split('/')[1] ?? '';
  switch (keyword) {
    case 'additionalProperties': {
      const { properties } = schema as { readonly properties: object };
      return unknownParameter(
        String([params.additionalProperties].flat()[0]),
        Object.keys(properties),
        cause,
      );
    }
    case 'enum':
      return invalidQuery(`${name} must be one of ${[params.allowedValues].flat().join(', ')}.`, cause);
    default:
      return invalidQuery(`${name} ${message}.`, cause);
  }
}
