import { randomBytes } from 'node:crypto';
import type { ReceivedEvent } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { events, type Query } from '../stack/audit-log.ts';
import type { Stack } from '../stack/stack.ts';

/** A new `traceparent`, to find by it what became of a request. */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

/** The id that everything of one trace has in common. */
export function traceIdOf(traceparent: string | undefined): string {
  return traceparent?.split('-')[1] ?? '';
}

/** Waits until the audit log has an event of each trace, and gives all events of the query by their trace. */
export async function eventsByTrace(
  stack: Stack,
  query: Query,
  traceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ReceivedEvent[]>> {
  return eventually(
    async () => {
      const byTrace = new Map<string, ReceivedEvent[]>();
      for (const event of await events(stack, query)) {
        const traceId = traceIdOf(event.traceparent);
        byTrace.set(traceId, [...(byTrace.get(traceId) ?? []), event]);
      }
      const missing = traceIds.filter((traceId) => !byTrace.has(traceId));
      if (missing.length > 0)
        throw new Error(`${missing.length} of ${traceIds.length} are not in the audit log`);
      return byTrace;
    },
    { what: `the events of ${JSON.stringify(query)}`, everyMs: 100 },
  );
}
