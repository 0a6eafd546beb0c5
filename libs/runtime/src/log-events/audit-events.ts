import { type LogEventRows, outageMembers, recoveryMembers } from './log-event-row.ts';

const partitionkey = 'The numbering of the events.';
const ifNoDependencyIsDown = 'though no dependency is down';

/** The audit-service: storing, checking, keeping and serving events. */
export const auditEvents = {
  ingest_not_started: {
    severity: ['ERROR', 'DEBUG'],
    meaning: `The audit-service cannot begin to store events, ${ifNoDependencyIsDown}. It tries again every second.`,
    remedy: 'Look at the cause: the schema of the database, the permissions of its NATS user.',
    members: outageMembers,
  },
  ingest_started: { severity: 'INFO', meaning: 'Events are stored.', members: recoveryMembers },
  ingest_failed: {
    severity: ['ERROR', 'DEBUG'],
    meaning: `Events cannot be stored, ${ifNoDependencyIsDown}. NATS delivers them again.`,
    remedy: 'Look at the cause. A full disk is the usual one.',
    members: outageMembers,
  },
  ingest_recovered: { severity: 'INFO', meaning: 'Events are stored again.', members: recoveryMembers },
  dead_letter_kept: {
    severity: 'ERROR',
    meaning: 'A message of the event stream, or an event in it, is not valid. It is kept aside.',
    remedy: 'Look at it: `npx @admit-one/cli audit completeness`. Find out who published it.',
    members: { subject: 'The subject of the message.', issue: 'What is wrong.' },
  },
  event_conflict_kept: {
    severity: 'ERROR',
    meaning: 'A different event has the place of this one. It is kept aside.',
    remedy: 'Find out who published it: someone forges events, or two processes share a name.',
    members: {
      partitionkey,
      sequence: 'Its number.',
      type: 'Its type.',
      source: 'Who says to have published it.',
    },
  },
  event_stream_replaced: {
    severity: ['INFO', 'WARNING'],
    meaning:
      'The event stream is another one than before. INFO after a start, where an embedded bus is always new.',
    remedy: 'If nobody recreated it on purpose, look at NATS: its data was lost.',
    members: { stream: 'The name of the stream.', generation: 'The number of streams so far.' },
  },
  events_missing: {
    severity: 'ERROR',
    meaning: 'Numbers are missing in a sequence: events were lost on their way.',
    remedy: 'Look at `npx @admit-one/cli audit completeness`; acknowledge the gap once you know why.',
    members: { partitionkey, missing: 'The ranges of missing numbers.' },
  },
  missing_events_arrived: {
    severity: 'INFO',
    meaning: 'The missing events came late.',
    members: { partitionkey },
  },
  missing_events_acknowledged: {
    severity: 'INFO',
    meaning: 'An operator has acknowledged the missing events.',
    members: { partitionkey, count: 'How many.' },
  },
  tail_unknown: {
    severity: 'WARNING',
    meaning:
      'Instances or epochs ended without announcing their last event. Whether later events were lost is not known.',
    remedy: 'Find out what was killed; acknowledge: `npx @admit-one/cli audit acknowledge`.',
    members: { tails: 'The first 50, with since when.', count: 'How many.' },
  },
  tail_known: {
    severity: 'INFO',
    meaning: 'The last events of these numberings are known after all.',
    members: { partitionkeys: 'The first 50.', count: 'How many.' },
  },
  gap_check_failed: {
    severity: ['WARNING', 'DEBUG'],
    meaning: `The search for missing events failed, ${ifNoDependencyIsDown}.`,
    remedy: 'Look at the cause.',
    members: outageMembers,
  },
  gap_check_recovered: {
    severity: 'INFO',
    meaning: 'The search for missing events works again.',
    members: recoveryMembers,
  },
  lost_edge_check_failed: {
    severity: ['WARNING', 'DEBUG'],
    meaning: `The search for lost edges failed, ${ifNoDependencyIsDown}.`,
    remedy: 'Look at the cause.',
    members: outageMembers,
  },
  lost_edge_check_recovered: {
    severity: 'INFO',
    meaning: 'The search for lost edges works again.',
    members: recoveryMembers,
  },
  lost_connections_closed: {
    severity: 'WARNING',
    meaning: 'An edge was lost, and its connections were closed in the audit log (reason `edge_lost`).',
    remedy: 'Find out why the edge ended.',
    members: { connections: 'How many.' },
  },
  retention_failed: {
    severity: ['WARNING', 'DEBUG'],
    meaning: `Days could not be added to or dropped from the audit log, ${ifNoDependencyIsDown}. It tries again in a minute.`,
    remedy: 'Look at the cause. A long query may hold the table.',
    members: outageMembers,
  },
  retention_recovered: {
    severity: 'INFO',
    meaning: 'Days are added and dropped again.',
    members: recoveryMembers,
  },
  days_dropped: {
    severity: 'INFO',
    meaning: 'Days older than the retention were dropped from the audit log.',
    members: { days: 'The days.', count: 'How many.' },
  },
  user_forgotten: {
    severity: 'INFO',
    meaning:
      'An operator had a user forgotten: the personal values of their events were removed from the audit log.',
    members: {
      eventCount: 'Of how many events.',
      keptCount: 'How many events keep theirs: sealed by an earlier version, or a revocation in force.',
    },
  },
  audit_sealed: {
    severity: 'INFO',
    meaning:
      'A range of the audit log was sealed. Where logs are kept outside of the database, this line is the witness of the seal.',
    members: {
      number: 'Of the seal.',
      digest: 'SHA-256 of the signed seal, in hex.',
      after: 'The position behind which it begins.',
      to: 'The position of its last event.',
      eventCount: 'How many events it covers.',
      kid: 'The thumbprint of the key that signed.',
    },
  },
  sealing_failed: {
    severity: ['WARNING', 'DEBUG'],
    meaning: `The audit log could not be sealed, ${ifNoDependencyIsDown}. It tries again in a minute.`,
    remedy: 'Look at the cause.',
    members: outageMembers,
  },
  sealing_recovered: {
    severity: 'INFO',
    meaning: 'The audit log is sealed again.',
    members: recoveryMembers,
  },
  stream_trim_failed: {
    severity: ['ERROR', 'DEBUG'],
    meaning: `Stored events could not be removed from the event stream, ${ifNoDependencyIsDown}. It fills.`,
    remedy: 'Look at the cause: usually a missing permission of the NATS user, see operations.md.',
    members: outageMembers,
  },
  stream_trim_recovered: {
    severity: 'INFO',
    meaning: 'Stored events are removed from the event stream again.',
    members: recoveryMembers,
  },
  live_tail_failed: {
    severity: ['ERROR', 'DEBUG'],
    meaning: `New events cannot be read for live views, ${ifNoDependencyIsDown}.`,
    remedy: 'Look at the cause.',
    members: outageMembers,
  },
  live_tail_recovered: {
    severity: 'INFO',
    meaning: 'Live views get new events again.',
    members: recoveryMembers,
  },
  live_view_failed: {
    severity: 'ERROR',
    meaning: 'A live view was ended by an error.',
    remedy: 'Look at `err`; the client connects again.',
  },
  export_failed: {
    severity: 'ERROR',
    meaning: 'An export was cut by an error. Its reader sees that it is incomplete.',
    remedy: 'Look at `err`; run the export again.',
  },
  break_glass_used: {
    severity: 'WARNING',
    meaning: 'Someone uses a token that was made offline.',
    remedy:
      'Ask the person in `subject`. To end it: `npx @admit-one/cli audit withdraw <tokenId>`; if someone else made it, remove its key from BREAK_GLASS_JWKS.',
    members: {
      subject: 'Who, as the token says.',
      scopes: 'What for.',
      tokenId: 'The id of the token.',
      justification: 'Why, as the token says.',
    },
  },
} as const satisfies LogEventRows;
