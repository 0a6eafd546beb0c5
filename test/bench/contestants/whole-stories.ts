import type { EventType } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';

/** What the audit log says of one admission. */
const STORY = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.connection.closed',
] as const;

const SETTLED_WITHIN_MS = 60_000;

/**
 * Resolves when every event of so many admissions is in the audit log. @throws {Error} where one does not come
 * @param story the types that are waited for
 */
export async function wholeStoriesIn(
  metricsUrl: string,
  admissions: number,
  story: readonly EventType[] = STORY,
): Promise<void> {
  await eventually(
    async () => {
      const metrics = await (await fetch(metricsUrl)).text();
      const missing = story.filter((type) => totalOf(metrics, type) < admissions);
      if (missing.length > 0) throw new Error(`there are fewer than ${admissions} of ${missing.join(', ')}`);
    },
    { what: 'the whole audit log', timeoutMs: SETTLED_WITHIN_MS, everyMs: 50 },
  );
}

function totalOf(metrics: string, type: string): number {
  const [, total] =
    new RegExp(`^admit_events_total\\{type="${type}",reason=""\\} (\\d+)`, 'm').exec(metrics) ?? [];
  return Number(total ?? 0);
}
