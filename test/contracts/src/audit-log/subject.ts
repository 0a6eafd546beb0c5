import type { AuditLog, AuditPage, ReceivedEvent } from '@admit-one/core';
import type { ContractTests } from '../contract.ts';
import { filterOf, type SampleFilter, withoutPosition } from '../sample-events.ts';

export interface AuditLogSubject {
  /** Shared by all tests of the suite: a test looks for nothing but its own events. */
  readonly log: AuditLog;
  /** Opens one for the test alone. */
  readonly openAnother: () => Promise<AuditLog>;
}

export type AuditLogTests = ContractTests<AuditLogSubject>;

const MOST_PAGES = 1_000;

/** Follows cursors to the end, and gives the pages. */
export async function pagesOf(
  log: AuditLog,
  filter: SampleFilter,
  page: Omit<AuditPage, 'cursor'>,
  afterEachPage: () => Promise<void> = async () => {},
): Promise<readonly (readonly ReceivedEvent[])[]> {
  const pages: (readonly ReceivedEvent[])[] = [];
  let cursor: string | undefined;
  for (let read = 0; read < MOST_PAGES; read += 1) {
    const { events, next, end } = await log.query(filterOf(filter), { ...page, cursor });
    pages.push(events.map(withoutPosition));
    if (end) return pages;
    cursor = next;
    await afterEachPage();
  }
  throw new Error(`the cursor found no end in ${MOST_PAGES} pages`);
}

/** All events that a filter finds, oldest first. */
export async function findAll(log: AuditLog, filter: SampleFilter): Promise<readonly ReceivedEvent[]> {
  return (await pagesOf(log, filter, { limit: 100, order: 'asc' })).flat();
}
