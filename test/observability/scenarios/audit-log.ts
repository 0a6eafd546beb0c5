import { does, ends, MINUTE, type Scenario } from './scenario.ts';

/** Whether the record is complete and kept. */
export const auditLog: readonly Scenario[] = [
  {
    title: 'the audit-service stores nothing, and messages wait',
    intervalSeconds: MINUTE,
    changes: [
      does('admit_events_total', { type: 'admit.service.alive' }, [42, 30], [0]),
      does('admit_audit_consumer_pending_messages', {}, [0, 30], [500]),
    ],
    checks: [
      [33, []],
      [38, ['AdmitAuditLogStalled']],
    ],
  },
  {
    title: 'no events, and none wait: all other services are stopped',
    intervalSeconds: MINUTE,
    changes: [does('admit_events_total', { type: 'admit.service.alive' }, [42, 30], [0])],
    checks: [[40, []]],
  },
  {
    title: 'what could not be stored is three minutes old',
    intervalSeconds: MINUTE,
    changes: [does('admit_audit_lag_seconds', {}, [100, 30], [180])],
    checks: [
      [30, []],
      [33, ['AdmitAuditLogStalled']],
    ],
  },
  {
    title: 'the relay moves nothing out of one partition',
    intervalSeconds: MINUTE,
    changes: [does('admit_outbox_oldest_event_age_seconds', {}, [110, 30], [130])],
    checks: [
      [30, []],
      [33, ['AdmitAuditLogStalled']],
    ],
  },
  {
    title: 'followers wait for a message that NATS delivers no more',
    intervalSeconds: MINUTE,
    changes: [does('admit_audit_horizon_lag_seconds', {}, [290, 30], [310])],
    checks: [
      [30, []],
      [33, ['AdmitEventsMissing']],
    ],
  },
  {
    title: 'no audit-service is scraped',
    intervalSeconds: MINUTE,
    changes: [ends('admit_events_total')],
    checks: [[5, ['AdmitAuditLogStalled']]],
  },
  ...(
    [
      ['admit_audit_missing_events', 'AdmitEventsMissing'],
      ['admit_audit_stream_lost_messages', 'AdmitEventsMissing'],
      ['admit_audit_conflicting_events', 'AdmitEventsMissing'],
      ['admit_audit_dead_letters', 'AdmitDeadLetters'],
    ] as const
  ).map(([metric, alert]) => ({
    title: `${metric} is 1, then acknowledged`,
    intervalSeconds: MINUTE,
    changes: [does(metric, {}, [0, 30], [1, 40], [0])],
    checks: [
      [29, []],
      [33, [alert]],
      [50, []],
    ] as const,
  })),
  {
    title: 'the retention has not run for more than an hour',
    intervalSeconds: MINUTE,
    changes: [does('admit_audit_retention_timestamp_seconds', {}, [3_500, 30], [3_900])],
    checks: [
      [30, []],
      [41, ['AdmitRetentionStalled']],
    ],
  },
  {
    title: 'events lie outside of the prepared days',
    intervalSeconds: MINUTE,
    changes: [does('admit_audit_outside_events', {}, [0, 30], [2])],
    checks: [[41, ['AdmitRetentionStalled']]],
  },
];
