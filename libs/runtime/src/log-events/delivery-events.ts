import { type LogEventRows, outageMembers, recoveryMembers } from './log-event-row.ts';

/** Events on their way to the audit log. */
export const deliveryEvents = {
  relay_failed: {
    severity: ['ERROR', 'DEBUG'],
    meaning:
      'Events cannot be moved from the outbox to the event stream, though no dependency is down. They wait.',
    remedy:
      'Look at the cause, and at the age of the oldest event (`admit_outbox_oldest_event_age_seconds`).',
    members: outageMembers,
  },
  relay_recovered: {
    severity: 'INFO',
    meaning: 'Events leave the outbox again.',
    members: recoveryMembers,
  },
  events_not_sent: {
    severity: ['ERROR', 'DEBUG'],
    meaning:
      'Events that a process reports about itself cannot be published, though NATS is connected. They wait in memory.',
    remedy: 'Look at the cause: is JetStream on, does the stream ADMIT exist, is it full?',
    members: outageMembers,
  },
  events_sent: {
    severity: 'INFO',
    meaning: 'Events that waited in memory are published.',
    members: recoveryMembers,
  },
  events_lost: {
    severity: 'ERROR',
    meaning:
      'Events that a process reported about itself are lost. Their numbers are missing in the audit log.',
    remedy:
      'Find out why NATS was away for so long. Acknowledge the gap: `npx @admit-one/cli audit acknowledge`.',
    members: { count: 'How many.' },
  },
  event_too_big_for_bus: {
    severity: 'CRITICAL',
    meaning:
      'An event is larger than what NATS takes. It is in this line, and its number is missing in the audit log.',
    remedy: 'Set `max_payload` of NATS to at least 256 KiB.',
    members: { event: 'The event, as JSON.' },
  },
  rejections_not_recorded: {
    severity: ['ERROR', 'DEBUG'],
    meaning:
      'Counts of rejections cannot be written to the ticket store, though no dependency is down. They wait.',
    remedy: 'Look at the cause.',
    members: outageMembers,
  },
  rejections_recorded: {
    severity: 'INFO',
    meaning: 'Counts of rejections are written again.',
    members: recoveryMembers,
  },
  event_stream_filling: {
    severity: 'CRITICAL',
    meaning: 'The event stream is 70 % full. When it is full, and the outbox too, no ticket is issued.',
    remedy: 'Check that the audit-service runs and stores events, then run `npx @admit-one/cli stream trim`.',
    members: { fillRatio: 'From 0 to 1.', remedy: 'What to do.' },
  },
  event_stream_has_room: {
    severity: 'INFO',
    meaning: 'The event stream has room again.',
    members: { fillRatio: 'From 0 to 1.' },
  },
} as const satisfies LogEventRows;
