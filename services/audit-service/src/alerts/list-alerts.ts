import type { AlertRecord } from '@admit-one/core';
import type { Static } from 'typebox';
import type { AlertsReply } from './alert-schemas.ts';
import { inhibitorOf } from './evaluate.ts';
import { type AlertRule, isHeartbeat } from './rules.ts';

type Reply = Static<typeof AlertsReply>;
type Listed = Reply['alerts'][number];

/** Resolved alerts are listed for a day. */
const LISTED_MS = 86_400_000;
const order: readonly Listed['status'][] = ['firing', 'pending', 'resolved'];

/** The alerts that concern operators now: all but heartbeats, and those that have been inactive for a day. */
export function listAlerts(
  rules: readonly AlertRule[],
  records: readonly AlertRecord[],
  now: number,
): Omit<Reply, 'silencesAt'> {
  const byName = new Map(rules.filter((rule) => !isHeartbeat(rule)).map((rule) => [rule.name, rule]));
  const alerts = records.flatMap((record) => {
    const rule = byName.get(record.name);
    const status = statusOf(record, now);
    return rule && status ? [listed(rule, record, status, records)] : [];
  });
  return {
    evaluatedAt: timeText(Math.max(...records.map(({ evaluatedAt }) => evaluatedAt), 0) || null),
    alerts: alerts.toSorted(
      (one, other) =>
        order.indexOf(one.status) - order.indexOf(other.status) || other.since.localeCompare(one.since),
    ),
  };
}

type Status = Pick<Listed, 'status'> & { readonly since: number };

function statusOf({ state, resolvedAt }: AlertRecord, now: number): Status | null {
  switch (state.status) {
    case 'firing':
    case 'pending':
      return state;
    case 'inactive':
      return resolvedAt !== null && resolvedAt > now - LISTED_MS
        ? { status: 'resolved', since: resolvedAt }
        : null;
    default:
      return state satisfies never;
  }
}

function listed(
  rule: AlertRule,
  record: AlertRecord,
  { status, since }: Status,
  records: readonly AlertRecord[],
): Listed {
  const { name: alert, severity, summary, runbook } = rule;
  const { value, detail } = record;
  return {
    ...{ alert, severity, status, summary },
    since: new Date(since).toISOString(),
    firedAt: timeText(record.firedAt),
    resolvedAt: status === 'firing' ? null : timeText(record.resolvedAt),
    resolvesAt: timeText(resolvesAt(rule, record)),
    ...{ value, detail: status === 'pending' ? null : detail },
    inhibitedBy: status === 'resolved' ? null : inhibitorOf(rule, records),
    runbook,
  };
}

/** When an alert that only keeps firing resolves. */
function resolvesAt({ keepFiringForMs }: AlertRule, { state, evaluatedAt }: AlertRecord): number | null {
  return state.status === 'firing' && state.heldAt < evaluatedAt ? state.heldAt + keepFiringForMs : null;
}

function timeText(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
