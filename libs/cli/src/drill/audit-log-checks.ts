import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditApi } from '../audit/api/audit-api.ts';
import { type AlertsReply, alertsMembers, type EventsReply, eventsMembers } from '../audit/api/replies.ts';
import type { AuditFindings, NewConnection } from './record.ts';

/** `GET /api/v1/audit/sequences`. Unlike the completeness, it counts what may only be late. */
interface SequencesReply {
  readonly partitions: readonly { readonly missingCount: number }[];
}

/** What a drill asks the audit log. Each method throws `CommandError` where it does not answer. */
export interface AuditLogChecks {
  /** The names of the alerts that fire. */
  firing(): Promise<readonly string[]>;
  /** How many events are missing, of all partition keys. */
  missing(): Promise<number>;
  /** Whether it has the admission with this ticket. */
  hasAdmission(ticketId: string): Promise<boolean>;
}

export function createAuditLogChecks(api: Pick<AuditApi, 'json'>): AuditLogChecks {
  return {
    async firing() {
      const { alerts } = await api.json<AlertsReply>('alerts', alertsMembers);
      return alerts.filter(({ status }) => status === 'firing').map(({ alert }) => alert);
    },
    async missing() {
      const parameters = [['incomplete', 'true']] as const;
      const { partitions } = await api.json<SequencesReply>('sequences', ['partitions'], { parameters });
      return partitions.reduce((sum, { missingCount }) => sum + missingCount, 0);
    },
    async hasAdmission(ticketId) {
      const parameters = [
        ['ticket', ticketId],
        ['type', 'admit.ticket.consumed'],
      ] as const;
      const { events } = await api.json<EventsReply>('events', eventsMembers, { parameters });
      return events.length > 0;
    },
  };
}

/** How long the audit log may take to have what has happened. */
const CATCH_UP_MS = 60_000;
const EVERY_MS = 1_000;

/**
 * Waits until the audit log has all admissions and lacks no more than before, for a minute at most.
 * @param missingBefore how many events were missing before
 */
export async function waitForAuditLog(
  audit: AuditLogChecks,
  attempts: readonly NewConnection[],
  missingBefore: number,
  interrupted: AbortSignal,
): Promise<AuditFindings> {
  const unrecorded = new Set(attempts.flatMap(({ ticketId }) => (ticketId === null ? [] : [ticketId])));
  for (const until = performance.now() + CATCH_UP_MS; ; ) {
    const found = await look().catch(() => ({ missing: null, unrecorded: null }));
    const isGood = found.missing === 0 && found.unrecorded === 0;
    if (isGood || performance.now() > until || interrupted.aborted) return found;
    await sleep(EVERY_MS, undefined, { signal: interrupted }).catch(() => {});
  }

  async function look(): Promise<AuditFindings> {
    for (const ticketId of unrecorded) if (await audit.hasAdmission(ticketId)) unrecorded.delete(ticketId);
    return { missing: Math.max(0, (await audit.missing()) - missingBefore), unrecorded: unrecorded.size };
  }
}
