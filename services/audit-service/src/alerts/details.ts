import { type AlertRecord, type AuditLog, type Dimension, isReason, type Reason } from '@admit-one/core';
import type { AlertName } from '@admit-one/observability';
import type { AlertRule } from './rules.ts';

interface Detail {
  /** The most frequent value of it. */
  readonly dimension: Dimension;
  /** Of rejections with this reason; of all where it is missing. */
  readonly reason?: Reason;
  readonly overMs: number;
}

const MINUTE_MS = 60_000;

/** The alerts whose metric counts by something that is too many-valued for a label, by name. */
const details: Readonly<Partial<Record<AlertName, Detail>>> = {
  AdmitPrefixRejected: { dimension: 'prefix', overMs: 5 * MINUTE_MS },
  AdmitOriginBlocked: { dimension: 'origin', reason: 'origin_blocked', overMs: 10 * MINUTE_MS },
  AdmitTicketsReplayed: { dimension: 'prefix', reason: 'ticket_replayed', overMs: 15 * MINUTE_MS },
  AdmitClientReusesTickets: { dimension: 'agent', reason: 'ticket_replayed', overMs: 30 * MINUTE_MS },
};

/** What the value of an alert that fires now is about; null where there is no more to say. */
export async function detailOf(
  auditLog: Pick<AuditLog, 'counts'>,
  { name }: Pick<AlertRule, 'name'>,
  now: number,
): Promise<string | null> {
  const detail = details[name as AlertName];
  if (!detail) return null;
  const { dimension, reason, overMs } = detail;
  const counted = await auditLog.counts({
    from: new Date(now - overMs).toISOString(),
    to: new Date(now + MINUTE_MS).toISOString(),
    intervalSeconds: 86_400,
    dimension,
    ...(reason && { reasons: [reason] }),
  });
  const counts = new Map<string, number>();
  for (const { reason: rejected, value, count } of counted)
    if (isReason(rejected) && value !== null) counts.set(value, count + (counts.get(value) ?? 0));
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return most ? `${dimension} ${most[0]}: ${most[1]}` : null;
}

/** Whether the audit log has the event of a record's last change. */
export async function isReported(
  auditLog: Pick<AuditLog, 'query'>,
  { name, state, firedAt, resolvedAt }: AlertRecord,
): Promise<boolean> {
  const isFiring = state.status === 'firing';
  const changedAt = (isFiring ? firedAt : resolvedAt) ?? 0;
  const type = isFiring ? 'admit.alert.fired' : 'admit.alert.resolved';
  const { events } = await auditLog.query(
    {
      facts: { type: { include: [type] } },
      // The event is reported right after the change, by the same clock.
      from: new Date(changedAt).toISOString(),
      to: new Date(changedAt + MINUTE_MS).toISOString(),
    },
    { limit: 100, order: 'asc' },
  );
  return events.some(({ data }) => data.alert === name && data.firedAt === firedAt);
}
