import {
  countedClients,
  countedCloseCodes,
  type EventType,
  eventCatalogue,
  type Fault,
  logHistograms,
  pathways,
  type Reason,
  reasonRow,
  reasons,
  serviceNames,
  ticketStages,
} from '@admit-one/core';
import type { Catalogue } from './metric-row.ts';

const every = Object.keys(reasons) as readonly Reason[];

/** What the service level objectives are about. */
export const sloNames = ['availability', 'admission_success', 'upgrade_latency', 'log_freshness'] as const;

const faults = ['client', 'policy', 'attack', 'infrastructure'] as const satisfies readonly Fault[];

/** The reasons that events of each type may have; '' for none. */
const eventSets = (Object.keys(eventCatalogue) as EventType[]).flatMap((type) => {
  const rejects = type.endsWith('.rejected');
  const closes = type === 'admit.connection.closed';
  const of = rejects ? every : closes ? every.filter((reason) => reasonRow(reason).close !== null) : [];
  return [...(rejects ? [] : ['']), ...of].map((reason) => ({ type, reason }));
});

const services = ['audit-service'] as const;

/**
 * What the audit-service computes from the events in the audit log: the same at every replica, whatever is delivered again, and
 * after a rebuild. Counters count from the first event of the log. Synthetic events, those of the probe, are left out.
 */
export const logMetrics = {
  admit_events_total: {
    kind: 'counter',
    unit: '1',
    description: 'Events in the audit log, synthetic ones too; a folded event counts as its count',
    labels: {
      type: Object.keys(eventCatalogue) as readonly EventType[],
      reason: ['', ...every, 'other'] as readonly (Reason | '' | 'other')[],
    },
    sets: eventSets,
    services,
  },
  admit_tickets_total: {
    kind: 'counter',
    unit: '1',
    description:
      'Tickets by the stage that they reached. `presented` counts each ticket once, `reserved` every reservation; `stayed`: its connection was open for 10 s',
    labels: { stage: ticketStages, pathway: pathways },
    services,
  },
  admit_tickets_unused_total: {
    kind: 'counter',
    unit: '1',
    description: 'Tickets that expired without having been presented',
    labels: { pathway: pathways },
    services,
  },
  admit_rejections_total: {
    kind: 'counter',
    unit: '1',
    description: 'Rejected requests for tickets, handshakes and commands, by reason and by whose fault it is',
    labels: {
      reason: [...every, 'other'] as readonly (Reason | 'other')[],
      fault: [...faults, 'unknown'] as const,
    },
    sets: [
      ...every.map((reason) => ({ reason, fault: reasonRow(reason).fault })),
      { reason: 'other', fault: 'unknown' },
    ],
    services,
  },
  admit_ticket_issue_to_consume_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'From the issue of a ticket to its admission',
    labels: {},
    services,
    buckets: logHistograms.issue_to_consume,
  },
  admit_upgrade_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'From the begin of an upgrade to its admission, as the event of the admission says',
    labels: {},
    services,
    buckets: logHistograms.upgrade,
  },
  admit_audit_storage_delay_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'From an event of a ticket, or a rejection, to its commit in the audit log',
    labels: {},
    services,
    buckets: logHistograms.storage,
  },
  admit_connection_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'How long connections were open, when they close',
    labels: {},
    services,
    buckets: logHistograms.connection_duration,
  },
  admit_connection_closes_total: {
    kind: 'counter',
    unit: '1',
    description: 'Closed connections by close code',
    labels: { code: [...countedCloseCodes.map(String), 'other'] },
    services,
  },
  admit_client_admissions_total: {
    kind: 'counter',
    unit: '1',
    description:
      'Admissions by the client that requested the ticket; `other`: it named none, or one that is not registered',
    labels: { client: [...countedClients, 'other'] as const },
    services,
  },
  admit_rejections_largest_prefix: {
    kind: 'gauge',
    unit: '1',
    description:
      'Rejections in the last 5 minutes of the client network (IPv4 /24, IPv6 /64) that has the most. The audit API names it',
    labels: {},
    services,
  },
  admit_origin_blocked_largest_addresses: {
    kind: 'gauge',
    unit: '1',
    description:
      'From how many client networks the blocked origin that is tried from the most was tried in the last 10 minutes',
    labels: {},
    services,
  },
  admit_edge_lost_connections_total: {
    kind: 'counter',
    unit: '1',
    description: 'Connections that were closed in the audit log because their edge was lost',
    labels: {},
    services,
  },
  admit_service_starts_total: {
    kind: 'counter',
    unit: '1',
    description: 'Starts of services',
    labels: { service: serviceNames },
    services,
  },
  admit_service_instances: {
    kind: 'gauge',
    unit: '1',
    description: 'Instances that were heard of in the last 30 s and have not stopped',
    labels: { service: serviceNames },
    services,
  },
  admit_store_epochs_total: {
    kind: 'counter',
    unit: '1',
    description:
      'Epochs of the ticket store that began, over all partitions: more than 16 where the store lost its data',
    labels: {},
    services,
  },
  admit_break_glass_uses_total: {
    kind: 'counter',
    unit: '1',
    description: 'Events of the audit API that operators caused with a token that was made offline',
    labels: {},
    services,
  },
  admit_slo_events_total: {
    kind: 'counter',
    unit: '1',
    description: 'Events that count for a service level objective, by whether they meet it',
    labels: { slo: sloNames, outcome: ['good', 'bad'] },
    services,
  },
  admit_slo_budget_remaining_ratio: {
    kind: 'gauge',
    unit: '1',
    description:
      'Which part of the error budget of the last 30 days is left: 1 where nothing was bad, 0 where it is spent, negative beyond',
    labels: { slo: sloNames },
    services,
  },
} as const satisfies Catalogue;
