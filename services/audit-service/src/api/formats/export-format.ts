import type { AuditSearchPage, StoredEvent } from '@admit-one/core';

/** What follows the events of an export: whether there are more, and how to continue. */
export type ExportEnd = Omit<AuditSearchPage, 'events'>;

/** How an export is written: one line for each event, and a last line that says whether it is complete. */
export interface ExportFormat {
  readonly contentType: string;
  readonly head: string;
  lineOf(event: StoredEvent): string;
  lastLineOf(end: ExportEnd): string;
}
