import type { AuditLog, StoreClock } from '@admit-one/core';
import { type Logger, problemResponse } from '@admit-one/runtime';
import type { Pseudonyms } from '../../pseudonyms/pseudonyms.ts';
import type { ReportAccess } from '../access/report-access.ts';

/** What the routes of the audit API have in common. */
export interface AuditApi {
  readonly auditLog: AuditLog;
  /** For times before now. */
  readonly clock: Pick<StoreClock, 'now'>;
  readonly pseudonyms: Pseudonyms;
  readonly reportAccess: ReportAccess;
  readonly log: Logger;
}

export const commonSchema = { tags: ['audit'], security: [{ bearer: [] }] };

export const problems = {
  400: problemResponse('INVALID_REQUEST: a parameter is unknown or invalid.'),
  401: problemResponse('INVALID_TOKEN: the token is missing or invalid.'),
  403: problemResponse('INSUFFICIENT_SCOPE: the operator may not read the audit log.'),
  429: problemResponse(
    'RATE_LIMITED: too many requests or streams of the operator. Try again after Retry-After.',
  ),
  503: problemResponse('AUDIT_UNAVAILABLE or ISSUER_UNAVAILABLE: try again.'),
};

/** For routes that read their query themselves: the schema is for the OpenAPI document. */
export const readsOwnQuery = { validatorCompiler: () => () => true } as const;
