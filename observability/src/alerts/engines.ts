import { all, any, promql } from '../condition.ts';
import { compare, increase, level, ratioAbove } from '../log-condition.ts';
import { REPLICA_LABELS } from '../promql.ts';
import { HOUR, MINUTE } from '../spans.ts';
import type { AlertRow } from './alert.ts';

const rejectedFor = (reason: string, seconds: number) =>
  increase('admit_rejections_total', seconds, { reason: [reason] });
const issued = (seconds: number) => increase('admit_tickets_total', seconds, { stage: ['issued'] });

/** No replica of a service reaches it. */
function unreachable(dependency: string): string {
  return `max without (${REPLICA_LABELS}) (admit_dependency_up{dependency="${dependency}"}) == 0`;
}

/** Symptoms look back five minutes and go on firing for a while: what inhibits them must not end before they do. */
const LONGER_THAN_SYMPTOMS = 10 * MINUTE;

/** The engines behind the services, and the issuers of tokens. */
export const engineAlerts = {
  AdmitStoreDown: {
    severity: 'page',
    summary: 'The ticket store (Redis) does not answer',
    description:
      'No ticket-service reaches Redis, or most requests of the last minute, at least 5, were rejected because it did not answer in time. Nobody gets a ticket and nobody new can connect; open connections stay.',
    condition: any(
      all(
        ratioAbove(rejectedFor('store_unavailable', MINUTE), issued(MINUTE), 1),
        compare(rejectedFor('store_unavailable', MINUTE), '>=', 5),
      ),
      promql(() => unreachable('redis')),
    ),
    forSeconds: 30,
    keepFiringForSeconds: LONGER_THAN_SYMPTOMS,
    inhibitedBy: [],
  },
  AdmitBusDown: {
    severity: 'page',
    summary: 'The bus (NATS) does not answer',
    description:
      'No replica of a service reaches NATS. Upgrades are rejected with 503, and events wait in the outbox of Redis. Open connections stay; bridged routes move no messages.',
    condition: compare(level('admit_dependency_up', { dependency: ['nats'] }), '<', 1),
    forSeconds: 30,
    keepFiringForSeconds: LONGER_THAN_SYMPTOMS,
    inhibitedBy: [],
  },
  AdmitIssuerKeysUnusable: {
    severity: 'page',
    summary: "Tokens cannot be verified: the issuer's keys cannot be fetched, and none is cached",
    description:
      'At least 5 requests for tickets in five minutes were rejected with `issuer_unavailable`. Logged-in users get no ticket.',
    condition: compare(rejectedFor('issuer_unavailable', 5 * MINUTE), '>=', 5),
    forSeconds: MINUTE,
    keepFiringForSeconds: 5 * MINUTE,
    inhibitedBy: [],
  },
  AdmitIssuerKeysStale: {
    severity: 'ticket',
    summary: "An issuer's keys cannot be fetched; cached ones are used",
    description:
      'The JWKS of an issuer could not be fetched for ten minutes. Known keys go on working for a while; a rotated key is rejected.',
    condition: promql(() => `min without (${REPLICA_LABELS}) (admit_issuer_keys_reachable) == 0`),
    forSeconds: 10 * MINUTE,
    keepFiringForSeconds: 5 * MINUTE,
    inhibitedBy: ['AdmitIssuerKeysUnusable'],
  },
  AdmitStoreEpochChanged: {
    severity: 'ticket',
    summary: 'The ticket store was restarted or replaced, and its tickets are void',
    description:
      'A new epoch began in a partition: Redis restarted, or a replica took over. Tickets that were out are `ticket_unknown`; clients get fresh ones. Check what the log lost.',
    condition: all(
      compare(increase('admit_store_epochs_total', 15 * MINUTE), '>=', 1),
      // The first epochs of an installation are 16, one for each partition.
      compare(level('admit_store_epochs_total'), '>', 16),
    ),
    forSeconds: 0,
    keepFiringForSeconds: 15 * MINUTE,
    inhibitedBy: [],
  },
  AdmitClockOff: {
    severity: 'ticket',
    summary: "A machine's clock is wrong",
    description:
      'The clock of a process differs from store time by more than 5 s. Tickets are measured by store time and stay right; tokens, logs and certificates do not.',
    condition: promql(() => 'abs(admit_clock_offset_seconds) > 5'),
    forSeconds: 5 * MINUTE,
    keepFiringForSeconds: 5 * MINUTE,
    inhibitedBy: [],
  },
  AdmitOutboxFilling: {
    severity: 'page',
    summary: 'The outbox will be full within an hour, and then no ticket is issued',
    description:
      "A partition's outbox is a fifth full and grows so fast that it reaches its soft bound within an hour, or tickets are already rejected with `outbox_full`. The relay does not get rid of its events.",
    condition: any(
      promql((duration) => {
        const highest = `max without (partition, ${REPLICA_LABELS})`;
        const predicted = `predict_linear(admit_outbox_events[${duration(15 * MINUTE)}], ${HOUR})`;
        return `${highest} (${predicted} / admit_outbox_soft_bound_events) > 1\nand\n${highest} (admit_outbox_events / admit_outbox_soft_bound_events) > 0.2`;
      }),
      compare(rejectedFor('outbox_full', 5 * MINUTE), '>=', 1),
    ),
    forSeconds: 2 * MINUTE,
    keepFiringForSeconds: 5 * MINUTE,
    inhibitedBy: ['AdmitBusDown'],
  },
  AdmitEventStreamFilling: {
    severity: 'ticket',
    summary: 'The event stream fills up',
    description:
      'More than 70 % of the JetStream stream is used. When it is full, events wait in the outbox, and when that is full, no ticket is issued.',
    condition: promql(() => `max without (${REPLICA_LABELS}) (admit_event_stream_fill_ratio) > 0.7`),
    forSeconds: 5 * MINUTE,
    keepFiringForSeconds: 10 * MINUTE,
    inhibitedBy: ['AdmitAuditLogStalled'],
  },
} as const satisfies Record<string, AlertRow>;
