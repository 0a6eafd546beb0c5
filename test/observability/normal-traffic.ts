import { type Reason, reasonRow, reasons } from '@admit-one/core';
import type { Phases, SimulatedSeries } from './series.ts';

type Labels = Readonly<Record<string, string>>;

/** Who serves a metric: every replica shows its own series. */
const instances = {
  'audit-service': ['audit-1', 'audit-2'],
  'ticket-service': ['ticket-1', 'ticket-2'],
  'ws-edge': ['edge-1', 'edge-2'],
  probe: ['probe-1'],
} as const;

type Job = keyof typeof instances;

function at(job: Job, kind: SimulatedSeries['kind'], metric: string, labels: Labels, amount: number) {
  const phases: Phases = [[amount]];
  return instances[job].map((instance) => ({
    metric,
    kind,
    labels: { job, instance, ...labels },
    phases,
  }));
}

const logCounter = (metric: string, labels: Labels, perMinute: number) =>
  at('audit-service', 'counter', metric, labels, perMinute);
const logGauge = (metric: string, value: number, labels: Labels = {}) =>
  at('audit-service', 'gauge', metric, labels, value);

/** An admission a second and nothing wrong, as all services show it. */
export const normalTraffic: readonly SimulatedSeries[] = [
  ...logCounter('admit_events_total', { type: 'admit.service.alive', reason: '' }, 42),
  ...logCounter('admit_events_total', { type: 'admit.control.unconfirmed', reason: '' }, 0),
  ...logCounter('admit_tickets_total', { stage: 'issued', pathway: 'ticket' }, 61),
  ...logCounter('admit_tickets_total', { stage: 'consumed', pathway: 'ticket' }, 60),
  ...logCounter('admit_tickets_total', { stage: 'consumed', pathway: 'jwt' }, 0),
  ...logCounter('admit_tickets_unused_total', { pathway: 'ticket' }, 1),
  ...logCounter('admit_tickets_unused_total', { pathway: 'jwt' }, 0),
  ...(['availability', 'admission_success', 'upgrade_latency', 'log_freshness'] as const).flatMap((slo) => [
    ...logCounter('admit_slo_events_total', { slo, outcome: 'good' }, slo === 'availability' ? 121 : 60),
    ...logCounter('admit_slo_events_total', { slo, outcome: 'bad' }, 0),
  ]),
  ...(Object.keys(reasons) as Reason[]).flatMap((reason) =>
    logCounter('admit_rejections_total', { reason, fault: reasonRow(reason).fault }, 0),
  ),
  ...logCounter('admit_rejections_total', { reason: 'other', fault: 'unknown' }, 0),
  ...logCounter('admit_connection_closes_total', { code: '1001' }, 20),
  ...logCounter('admit_connection_closes_total', { code: '1006' }, 10),
  ...logCounter('admit_edge_lost_connections_total', {}, 0),
  ...logCounter('admit_service_starts_total', { service: 'ws-edge' }, 0),
  ...logCounter('admit_break_glass_uses_total', {}, 0),
  ...logGauge('admit_service_instances', 2, { service: 'ws-edge' }),
  ...at('audit-service', 'gauge', 'admit_store_epochs_total', {}, 16),
  ...logGauge('admit_rejections_largest_prefix', 3),
  ...logGauge('admit_origin_blocked_largest_addresses', 1),
  ...logGauge('admit_audit_lag_seconds', 0.2),
  ...logGauge('admit_audit_consumer_pending_messages', 0),
  ...logGauge('admit_audit_missing_events', 0),
  ...logGauge('admit_audit_stream_lost_messages', 0),
  ...logGauge('admit_audit_conflicting_events', 0),
  ...logGauge('admit_audit_horizon_lag_seconds', 0),
  ...logGauge('admit_audit_dead_letters', 0),
  ...logGauge('admit_audit_outside_events', 0),
  ...at('audit-service', 'age', 'admit_audit_retention_timestamp_seconds', {}, 60),
  ...(['ticket-service', 'ws-edge', 'audit-service'] as const).flatMap((job) => [
    ...at(job, 'gauge', 'admit_dependency_up', { dependency: 'nats' }, 1),
    ...at(job, 'gauge', 'admit_clock_offset_seconds', {}, -0.01),
    ...at(job, 'gauge', 'nodejs_eventloop_utilization_ratio', {}, 0.2),
    ...at(job, 'gauge', 'nodejs_eventloop_delay_seconds', { statistic: 'p99' }, 0.02),
  ]),
  ...at('ticket-service', 'gauge', 'admit_dependency_up', { dependency: 'redis' }, 1),
  ...at('ticket-service', 'gauge', 'admit_outbox_events', { partition: 'p00' }, 5),
  ...at('ticket-service', 'gauge', 'admit_outbox_oldest_event_age_seconds', { partition: 'p00' }, 0.1),
  ...at('ticket-service', 'gauge', 'admit_outbox_soft_bound_events', { partition: 'p00' }, 20_000),
  ...at('ticket-service', 'gauge', 'admit_event_stream_fill_ratio', {}, 0.2),
  ...at('ticket-service', 'gauge', 'admit_issuer_keys_reachable', { issuer: 'main' }, 1),
  ...['admitted', 'store_unavailable', 'ticket_service_unavailable', 'ticket_unknown'].flatMap((outcome) =>
    at(
      'ws-edge',
      'counter',
      'admit_handshake_duration_seconds_count',
      { outcome },
      outcome === 'admitted' ? 30 : 0,
    ),
  ),
  ...at('ws-edge', 'gauge', 'admit_draining', {}, 0),
  ...at('probe', 'age', 'admit_probe_last_success_timestamp_seconds', {}, 5),
];

/** How a scenario differs from it: the series of a metric with these labels do something else. */
export interface Change {
  readonly metric: string;
  readonly labels: Labels;
  /** Empty: the series are not there. */
  readonly phases: Phases | readonly [];
}

/** @throws {Error} where a change is about no series: then it would prove nothing */
export function changed(changes: readonly Change[]): readonly SimulatedSeries[] {
  for (const { metric, labels } of changes)
    if (!normalTraffic.some((series) => isAbout(series, metric, labels)))
      throw new Error(`no series ${metric}${JSON.stringify(labels)} in the normal traffic`);
  return normalTraffic.flatMap((series) => {
    const change = changes.findLast(({ metric, labels }) => isAbout(series, metric, labels));
    if (!change) return [series];
    return isEmpty(change.phases) ? [] : [{ ...series, phases: change.phases }];
  });
}

function isAbout(series: SimulatedSeries, metric: string, labels: Labels): boolean {
  return (
    series.metric === metric && Object.entries(labels).every(([name, value]) => series.labels[name] === value)
  );
}

function isEmpty(phases: Change['phases']): phases is readonly [] {
  return phases.length === 0;
}
