import type { AuditLog, StoreClock } from '@admit-one/core';
import type { Logger } from '@admit-one/runtime';
import type { AlertRule } from '../../alerts/rules.ts';
import type { Pseudonyms } from '../../pseudonyms/pseudonyms.ts';
import type { ReportAccess } from '../access/report-access.ts';

/** What the routes of the audit API have in common. */
export interface RouteContext {
  readonly auditLog: AuditLog;
  /** For times before now. */
  readonly clock: Pick<StoreClock, 'now'>;
  readonly pseudonyms: Pseudonyms;
  readonly reportAccess: ReportAccess;
  readonly alertRules: readonly AlertRule[];
  readonly alertmanagerUrls: readonly string[];
  readonly log: Logger;
}

export const commonSchema = { tags: ['audit'], security: [{ bearer: [] }] };

/** For routes that read their query themselves: the schema is for the OpenAPI document. */
export const readsOwnQuery = { validatorCompiler: () => () => true } as const;
