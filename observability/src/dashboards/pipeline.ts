import { asks } from './asks.ts';
import { fromLog, highest, increaseInRange, quantileFromLog, rate, sum, whole } from './expressions.ts';
import type { DashboardSource } from './panel.ts';

export const pipeline: DashboardSource = {
  name: 'pipeline',
  title: 'Pipeline',
  description: 'Does every event get from the store to the audit log, and how late is it?',
  source: 'prometheus',
  rows: [
    {
      title: 'Store and outbox',
      panels: [
        {
          title: 'Outbox: the fullest partition',
          shows:
            'Waiting events as a share of the bound at which no more tickets are issued. 0 while the bus takes everything.',
          ...{ kind: 'timeseries', unit: 'percentunit', warnsAt: 0.5, failsAt: 1 },
          queries: [
            {
              expr: 'max(max by (partition) (admit_outbox_events) / min by (partition) (admit_outbox_soft_bound_events))',
              legend: 'of the soft bound',
            },
            {
              expr: 'max(max by (partition) (admit_outbox_events) / min by (partition) (admit_outbox_hard_bound_events))',
              legend: 'of the hard bound',
            },
          ],
          alerts: ['AdmitOutboxFilling', 'AdmitBusDown'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Outbox: events that wait',
          shows: 'Over all partitions.',
          ...{ kind: 'timeseries', unit: 'short' },
          queries: [{ expr: sum('max by (partition) (admit_outbox_events)'), legend: 'events' }],
          alerts: ['AdmitOutboxFilling'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Outbox: the oldest event',
          shows:
            'How long it has been waiting. More than seconds: no relay runs, or the bus does not take its events.',
          ...{ kind: 'timeseries', unit: 's', warnsAt: 10, failsAt: 60 },
          queries: [{ expr: 'max(admit_outbox_oldest_event_age_seconds)', legend: 'age' }],
          alerts: ['AdmitOutboxFilling', 'AdmitBusDown'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Epochs of the store',
          shows:
            'Partitions that began anew in the time that is shown. Each restart of an empty Redis adds 16: tickets issued before are unknown.',
          ...{ kind: 'stat', unit: 'short', warnsAt: 1, height: 8 },
          queries: [{ expr: whole(fromLog(increaseInRange('admit_store_epochs_total'))), legend: 'epochs' }],
          alerts: ['AdmitStoreEpochChanged'],
          ask: asks.epochs,
          span: 8,
        },
        {
          title: 'Clocks',
          shows:
            'How far each machine is ahead of store time. Lifetimes do not depend on it, the times of logs do.',
          ...{ kind: 'timeseries', unit: 's', min: null },
          queries: [{ expr: 'max by (instance) (admit_clock_offset_seconds)', legend: '{{instance}}' }],
          alerts: ['AdmitClockOff'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: "Issuers' keys",
          shows: 'Whether they can be fetched (1), by issuer. Shown once a fetch has failed.',
          ...{ kind: 'timeseries', unit: 'none', max: 1, failsAt: 1, lowIsBad: true },
          queries: [{ expr: 'min by (issuer) (admit_issuer_keys_reachable)', legend: '{{issuer}}' }],
          alerts: ['AdmitIssuerKeysUnusable', 'AdmitIssuerKeysStale'],
          ask: asks.doctor,
          span: 8,
        },
      ],
    },
    {
      title: 'Event stream and consumer',
      panels: [
        {
          title: 'Event stream: used',
          shows:
            'At 1 no ticket is issued. It is trimmed behind what the audit log has, so it grows when that stalls.',
          ...{ kind: 'timeseries', unit: 'percentunit', max: 1, warnsAt: 0.7, failsAt: 0.9 },
          queries: [{ expr: 'max(admit_event_stream_fill_ratio)', legend: 'used' }],
          alerts: ['AdmitEventStreamFilling'],
          ask: asks.doctor,
          span: 6,
        },
        {
          title: 'Messages that wait for the audit log',
          shows: 'In the event stream, not acknowledged yet.',
          ...{ kind: 'timeseries', unit: 'short' },
          queries: [{ expr: 'max(admit_audit_consumer_pending_messages)', legend: 'messages' }],
          alerts: ['AdmitAuditLogStalled'],
          ask: asks.completeness,
          span: 6,
        },
        {
          title: 'Lag of the audit log',
          shows:
            'The age of the newest event when it was stored; and how long followers wait for a missing message.',
          ...{ kind: 'timeseries', unit: 's', warnsAt: 10, failsAt: 60 },
          queries: [
            { expr: 'max(admit_audit_lag_seconds)', legend: 'events' },
            { expr: fromLog('admit_audit_horizon_lag_seconds'), legend: 'followers' },
          ],
          alerts: ['AdmitAuditLogStalled', 'AdmitLogFreshnessBurn'],
          ask: asks.completeness,
          span: 6,
        },
        {
          title: 'From an event to the audit log',
          shows: 'How long events take to be stored. The objective is 10 s for 99.9 %.',
          ...{ kind: 'timeseries', unit: 's', failsAt: 10 },
          queries: [0.5, 0.99].map((q) => ({
            expr: quantileFromLog(q, 'admit_audit_storage_delay_seconds'),
            legend: `p${q * 100}`,
          })),
          alerts: ['AdmitLogFreshnessBurn'],
          ask: asks.completeness,
          span: 6,
        },
        {
          title: 'Ingest',
          shows: 'Events that were new, and those that were there already: redeliveries are harmless.',
          ...{ kind: 'timeseries', unit: 'cps' },
          queries: [
            { expr: sum(rate('admit_audit_stored_events_total')), legend: 'stored' },
            { expr: sum(rate('admit_audit_repeated_events_total')), legend: 'repeated' },
            { expr: sum(rate('admit_audit_ingest_failures_total')), legend: 'deliveries that failed' },
          ],
          alerts: ['AdmitAuditLogStalled'],
          ask: asks.completeness,
          span: 8,
        },
        {
          title: 'Events by type',
          shows: 'In the log, each second, the probe included: the ten types with the most.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: highest(sum(fromLog(rate('admit_events_total'), 'type', 'reason'), 'type')),
              legend: '{{type}}',
            },
          ],
          alerts: [],
          ask: {
            command: 'npx @admit-one/cli audit summary by=type interval=1m from=-1h',
            api: 'summary?by=type',
          },
          span: 8,
        },
        {
          title: 'Messages that were no events',
          shows: 'Kept as dead letters, each second, by what is wrong with them.',
          ...{ kind: 'timeseries', unit: 'cps' },
          queries: [{ expr: sum(rate('admit_audit_rejected_events_total'), 'why'), legend: '{{why}}' }],
          alerts: ['AdmitDeadLetters'],
          ask: asks.completeness,
          span: 8,
        },
      ],
    },
    {
      title: 'Completeness',
      panels: [
        {
          title: 'What is missing or kept aside',
          shows: 'All zeros: the log is complete. What an operator acknowledged is in none of them.',
          ...{ kind: 'stat', unit: 'short', failsAt: 1 },
          queries: [
            { expr: fromLog('admit_audit_missing_events'), legend: 'missing events' },
            { expr: fromLog('admit_audit_stream_missing_messages'), legend: 'missing messages' },
            { expr: fromLog('admit_audit_stream_lost_messages'), legend: 'lost messages' },
            { expr: fromLog('admit_audit_conflicting_events'), legend: 'conflicts' },
            { expr: fromLog('admit_audit_dead_letters'), legend: 'dead letters' },
            { expr: fromLog('admit_audit_outside_events'), legend: 'outside of the days' },
          ],
          alerts: ['AdmitEventsMissing', 'AdmitDeadLetters'],
          ask: asks.completeness,
          span: 24,
        },
        {
          title: 'Sequences by state',
          shows:
            '`tail_unknown`: an instance fell silent, or an epoch was lost, and its last events may be missing.',
          ...{ kind: 'timeseries', unit: 'short' },
          queries: [{ expr: fromLog('admit_audit_partition_keys', 'state'), legend: '{{state}}' }],
          alerts: ['AdmitEventsMissing'],
          ask: asks.completeness,
          span: 8,
        },
        {
          title: 'Generation of the event stream',
          shows: 'It grows when the stream is created again: what was in it and not in the log is lost.',
          ...{ kind: 'timeseries', unit: 'none' },
          queries: [{ expr: fromLog('admit_audit_stream_generation'), legend: 'generation' }],
          alerts: ['AdmitEventsMissing'],
          ask: asks.completeness,
          span: 8,
        },
        {
          title: 'Size of the log',
          shows: 'What the events of the kept days take on disk, with their indexes.',
          ...{ kind: 'timeseries', unit: 'bytes' },
          queries: [{ expr: fromLog('admit_audit_size_bytes'), legend: 'size' }],
          alerts: ['AdmitRetentionStalled'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Kept events go back',
          shows: 'The age of the oldest day. It stays near AUDIT_RETENTION_DAYS.',
          ...{ kind: 'stat', unit: 's' },
          queries: [
            { expr: `time() - ${fromLog('admit_audit_oldest_day_timestamp_seconds')}`, legend: 'age' },
          ],
          alerts: ['AdmitRetentionStalled'],
          ask: asks.completeness,
          span: 8,
        },
        {
          title: 'Since the retention last ran',
          shows: 'It runs every minute. While it does not, days are neither made nor dropped.',
          ...{ kind: 'stat', unit: 's', warnsAt: 600, failsAt: 7_200 },
          queries: [
            { expr: `time() - ${fromLog('admit_audit_retention_timestamp_seconds')}`, legend: 'since' },
          ],
          alerts: ['AdmitRetentionStalled'],
          ask: asks.completeness,
          span: 8,
        },
        {
          title: 'Uses of break-glass tokens',
          shows: 'In the time that is shown: an operator read the log with a token that was made offline.',
          ...{ kind: 'stat', unit: 'short', warnsAt: 1 },
          queries: [
            { expr: whole(fromLog(increaseInRange('admit_break_glass_uses_total'))), legend: 'uses' },
          ],
          alerts: ['AdmitBreakGlassUsed'],
          ask: {
            command: 'npx @admit-one/cli audit search type=admit.audit.accessed from=-1d',
            api: 'events?type=admit.audit.accessed&order=desc',
          },
          span: 8,
        },
      ],
    },
  ],
};
