import { alertSeverities, type IssueKind, type PartitionKeyState } from '@admit-one/core';
import type { Catalogue } from './metric-row.ts';

const states = [
  'open',
  'closed',
  'tail_unknown',
  'tail_acknowledged',
] as const satisfies readonly PartitionKeyState[];
const issues = [
  'message_too_big',
  'not_json',
  'not_a_batch',
  'not_an_event',
  'wrong_subject',
  'sequence_out_of_range',
  'event_too_deep',
  'event_too_big',
  'not_storable',
] as const satisfies readonly IssueKind[];
const services = ['audit-service'] as const;

/** What each audit-service counts of its ingest, and what the audit log says of itself: the same at every replica. */
export const auditMetrics = {
  admit_audit_stored_events_total: {
    kind: 'counter',
    unit: '1',
    description: 'Events that were new to the audit log',
    labels: {},
    services,
  },
  admit_audit_repeated_events_total: {
    kind: 'counter',
    unit: '1',
    description: 'Events that the audit log had already',
    labels: {},
    services,
  },
  admit_audit_rejected_events_total: {
    kind: 'counter',
    unit: '1',
    description: 'Messages, or events in them, that were kept as dead letters',
    labels: { why: issues },
    services,
  },
  admit_audit_ingest_failures_total: {
    kind: 'counter',
    unit: '1',
    description: 'Deliveries that could not be stored and will be redelivered',
    labels: {},
    services,
  },
  admit_audit_lag_seconds: {
    kind: 'gauge',
    unit: 's',
    description:
      'Age of the newest event at the last ingestion, or of the oldest that could not be stored since',
    labels: {},
    services,
  },
  admit_audit_consumer_pending_messages: {
    kind: 'gauge',
    unit: '1',
    description: 'Messages of the event stream that the audit-service has not acknowledged yet',
    labels: {},
    services,
  },
  admit_audit_missing_events: {
    kind: 'gauge',
    unit: '1',
    description: 'Events that are missing from their sequence for longer than the grace',
    labels: {},
    services,
  },
  admit_audit_conflicting_events: {
    kind: 'gauge',
    unit: '1',
    description: 'Events that were kept aside because a different event has their place',
    labels: {},
    services,
  },
  admit_audit_partition_keys: {
    kind: 'gauge',
    unit: '1',
    description:
      'Partition keys by state: open, closed, tail_unknown where the last events may be lost, or tail_acknowledged',
    labels: { state: states },
    services,
  },
  admit_audit_stream_generation: {
    kind: 'gauge',
    unit: '1',
    description: 'The number of the event stream in hand; it grows when the stream is created again',
    labels: {},
    services,
  },
  admit_audit_stream_missing_messages: {
    kind: 'gauge',
    unit: '1',
    description: 'Messages that have not been received although later ones have',
    labels: {},
    services,
  },
  admit_audit_stream_lost_messages: {
    kind: 'gauge',
    unit: '1',
    description: 'Messages that the event stream dropped before they were received',
    labels: {},
    services,
  },
  admit_audit_horizon_lag_seconds: {
    kind: 'gauge',
    unit: 's',
    description: 'How long followers have been waiting for a missing message; 0 while none is missing',
    labels: {},
    services,
  },
  admit_audit_dead_letters: {
    kind: 'gauge',
    unit: '1',
    description: 'Messages that were kept aside because something in them was no valid event',
    labels: {},
    services,
  },
  admit_audit_outside_events: {
    kind: 'gauge',
    unit: '1',
    description: 'Events whose time is outside of the days that are kept and the next three',
    labels: {},
    services,
  },
  admit_audit_oldest_day_timestamp_seconds: {
    kind: 'gauge',
    unit: 's',
    description: 'The start of the oldest day whose events are kept',
    labels: {},
    services,
  },
  admit_audit_retention_timestamp_seconds: {
    kind: 'gauge',
    unit: 's',
    description: 'When the retention last ran',
    labels: {},
    services,
  },
  admit_audit_size_bytes: {
    kind: 'gauge',
    unit: 'By',
    description: 'What the events of the kept days take on disk, with their indexes',
    labels: {},
    services,
  },
  admit_alerts_firing: {
    kind: 'gauge',
    unit: '1',
    description: "1 while an alert fires, as the audit-service's own evaluator judges; else 0",
    labels: { alert: 'every alert that it evaluates', severity: alertSeverities },
    services,
  },
} as const satisfies Catalogue;
