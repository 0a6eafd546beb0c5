import { burnsFast, fastBurn, slowBurn } from '../burn-rate.ts';
import { all, any, promql } from '../condition.ts';
import { age, compare, increase, level } from '../log-condition.ts';
import { REPLICA_LABELS } from '../promql.ts';
import { HOUR, MINUTE } from '../spans.ts';
import type { AlertRow } from './alert.ts';

const above0 = (metric: string) => compare(level(metric), '>', 0);

/** Whether the record of all this is complete and kept. */
export const auditLogAlerts = {
  AdmitAuditLogStalled: {
    severity: 'page',
    summary: 'The audit log gets no events',
    description:
      'Nothing was stored for five minutes although messages wait, or an event has been waiting in the outbox or for the database for more than two minutes, or no audit-service is scraped. Alerts and metrics of the log are blind meanwhile; nothing is lost until the stream is full.',
    condition: any(
      compare(level('admit_audit_lag_seconds'), '>', 2 * MINUTE),
      all(
        compare(increase('admit_events_total', 5 * MINUTE), '<', 0.5),
        compare(level('admit_audit_consumer_pending_messages'), '>', 0),
      ),
      promql(
        () =>
          `max without (partition, ${REPLICA_LABELS}) (admit_outbox_oldest_event_age_seconds) > ${2 * MINUTE}`,
      ),
      promql(() => 'absent(admit_events_total)'),
    ),
    forSeconds: 2 * MINUTE,
    keepFiringForSeconds: 5 * MINUTE,
    inhibitedBy: ['AdmitBusDown'],
  },
  AdmitLogFreshnessBurn: {
    severity: 'ticket',
    summary: 'Events reach the audit log late',
    description:
      'More than 0.1 % of the events of tickets are stored later than 10 s after they happened, for long enough to spend the budget.',
    condition: burnsFast('log_freshness', [...fastBurn, ...slowBurn]),
    forSeconds: 5 * MINUTE,
    keepFiringForSeconds: 30 * MINUTE,
    inhibitedBy: ['AdmitBusDown', 'AdmitAuditLogStalled', 'AdmitOutboxFilling'],
  },
  AdmitEventsMissing: {
    severity: 'page',
    summary: 'Events are missing from the audit log',
    description:
      'A number is missing from a sequence of events for longer than the grace, the stream dropped messages before they were read, followers have been waiting for a message for five minutes, or two different events claim one place. What happened is no longer fully recorded.',
    condition: any(
      above0('admit_audit_missing_events'),
      above0('admit_audit_stream_lost_messages'),
      above0('admit_audit_conflicting_events'),
      compare(level('admit_audit_horizon_lag_seconds'), '>', 5 * MINUTE),
    ),
    forSeconds: MINUTE,
    keepFiringForSeconds: 5 * MINUTE,
    inhibitedBy: ['AdmitBusDown', 'AdmitAuditLogStalled', 'AdmitOutboxFilling'],
  },
  AdmitDeadLetters: {
    severity: 'ticket',
    summary: 'Messages that are no valid events were kept aside',
    description: 'Something publishes to the event subjects that is not an event of ours, or not its own.',
    condition: above0('admit_audit_dead_letters'),
    forSeconds: 0,
    keepFiringForSeconds: 5 * MINUTE,
    inhibitedBy: [],
  },
  AdmitRetentionStalled: {
    severity: 'ticket',
    summary: 'The retention of the audit log does not run',
    description:
      'Old days were not dropped and new ones not prepared for more than an hour, or events lie outside of the prepared days. The disk fills, and what must be deleted by law stays.',
    condition: any(
      compare(age('admit_audit_retention_timestamp_seconds'), '>', HOUR),
      above0('admit_audit_outside_events'),
    ),
    forSeconds: 10 * MINUTE,
    keepFiringForSeconds: 10 * MINUTE,
    inhibitedBy: [],
  },
  AdmitWatchdog: {
    severity: 'info',
    summary: 'Always fires: proof that alerts arrive',
    description:
      'Send it to a service that notifies you when it stops coming. Without it, a broken Prometheus, evaluator or Alertmanager looks like a quiet day.',
    condition: { kind: 'always' },
    forSeconds: 0,
    keepFiringForSeconds: 0,
    inhibitedBy: [],
  },
} as const satisfies Record<string, AlertRow>;
