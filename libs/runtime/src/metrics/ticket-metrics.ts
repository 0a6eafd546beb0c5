import { PARTITIONS, partitionName, type Reason, type TicketCommand } from '@admit-one/core';
import type { Catalogue } from './metric-row.ts';

const commands = [
  'issue',
  'exchange',
  'reserve',
  'confirm',
  'release',
  'redeem',
  'revoke',
] as const satisfies readonly TicketCommand['type'][];

/** Why the state machine rejects commands. */
const rejected: readonly Reason[] = [
  'address_mismatch',
  'deadline_exceeded',
  'issuing_paused',
  'origin_mismatch',
  'overloaded',
  'reservation_lost',
  'reservations_exhausted',
  'route_mismatch',
  'session_revoked',
  'ticket_consumed',
  'ticket_duplicate',
  'ticket_expired',
  'ticket_in_use',
  'ticket_replayed',
  'ticket_revoked',
  'ticket_unknown',
];

/** Why commands fail before or after it. */
const failed: readonly Reason[] = [
  'internal',
  'outbox_full',
  'overloaded',
  'request_invalid',
  'store_unavailable',
];

const outcomes = [
  { outcome: 'accepted', reason: 'none' },
  ...rejected.map((reason) => ({ outcome: 'rejected', reason })),
  ...failed.map((reason) => ({ outcome: 'failed', reason })),
];

const partition = Array.from({ length: PARTITIONS }, (_, number) => partitionName(number));
const services = ['ticket-service'] as const;

/** What each ticket-service counts and sees. */
export const ticketMetrics = {
  admit_commands_total: {
    kind: 'counter',
    unit: '1',
    description: 'Commands on tickets that this instance ran, by outcome and reason',
    labels: {
      command: commands,
      outcome: ['accepted', 'rejected', 'failed'],
      reason: ['none', ...new Set([...rejected, ...failed])] as readonly (Reason | 'none')[],
    },
    sets: commands.flatMap((command) => outcomes.map((outcome) => ({ command, ...outcome }))),
    services,
  },
  admit_command_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of commands on tickets, from load to append',
    labels: { command: commands },
    services,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  admit_outbox_events: {
    kind: 'gauge',
    unit: '1',
    description: 'Events that wait for the relay',
    labels: { partition },
    services,
  },
  admit_outbox_soft_bound_events: {
    kind: 'gauge',
    unit: '1',
    description: 'Waiting events at which no more tickets are issued',
    labels: { partition },
    services,
  },
  admit_outbox_hard_bound_events: {
    kind: 'gauge',
    unit: '1',
    description: 'Waiting events at which every command is rejected',
    labels: { partition },
    services,
  },
  admit_outbox_oldest_event_age_seconds: {
    kind: 'gauge',
    unit: 's',
    description: 'Age of the oldest event that waits for the relay; 0 where none waits',
    labels: { partition },
    services,
  },
  admit_event_stream_fill_ratio: {
    kind: 'gauge',
    unit: '1',
    description: 'How much of the event stream is used, from 0 to 1. At 1, no ticket is issued',
    labels: {},
    services,
  },
  admit_issuer_keys_reachable: {
    kind: 'gauge',
    unit: '1',
    description: 'Whether the keys of an issuer could be fetched at the last attempt (1) or not (0)',
    labels: { issuer: 'the aliases of the issuers, from the first fetch' },
    services: ['ticket-service', 'audit-service'],
  },
} as const satisfies Catalogue;
