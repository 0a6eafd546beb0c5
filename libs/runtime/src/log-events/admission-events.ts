import { type LogEventRows, severityOfReason } from './log-event-row.ts';

const reason = 'A row of the reasons table, which decides the severity.';
const ticketId = 'The ticket, by its id.';
const connection = 'The id of the connection.';
const session = {
  hasUserId: 'Whether the principal names a user.',
  sessionId: 'The session that the ticket is for.',
} as const;
const ticketHash = 'The same as `ticketId`; an alias.';

/** What happens to tickets, handshakes and connections. */
export const admissionEvents = {
  ticket_issued: {
    severity: 'INFO',
    meaning: 'A ticket was issued.',
    members: {
      ...session,
      ttl: 'How long it is valid, in seconds.',
      ticketId,
      ticketHash,
      client: 'The SDK and its version, where the client named it.',
      requestedBy: 'The backend that requested it on behalf of the user.',
      lastFailure: 'Why the last connection of this client failed, as the client reports.',
    },
  },
  issuance_rejected: {
    severity: severityOfReason,
    meaning: 'A request for a ticket, or for what `request` names, was rejected.',
    remedy: 'Look up the reason in reasons.md.',
    members: {
      reason,
      detail: 'What the client was told in addition.',
      sessionId: 'The session; null where the token was rejected.',
      request: 'What was requested, where it was not a ticket.',
      ticketId,
    },
  },
  anonymous_session_started: {
    severity: 'INFO',
    meaning: 'A token for an anonymous session was issued.',
    members: { sessionId: 'The session.' },
  },
  handshake_rejected: {
    severity: severityOfReason,
    meaning: 'An upgrade, or a request of a proxy for verification, was rejected.',
    remedy: 'Look up the reason in reasons.md, or run `npx @admit-one/cli why <ticketId>`.',
    members: { reason, ticketId: 'The ticket that was presented, or null.', origin: 'The header `Origin`.' },
  },
  handshake_abandoned: {
    severity: 'INFO',
    meaning: 'The client was gone before its handshake had ended. The ticket is good again.',
    members: { ticketId },
  },
  handshake_failed: {
    severity: 'CRITICAL',
    meaning: 'A bug rejected an upgrade.',
    remedy: 'Report it, with `err`.',
  },
  authenticated_via_ticket: {
    severity: 'INFO',
    meaning: 'A ticket admitted a connection.',
    members: { ...session, ticketId, ticketHash, connection },
  },
  authenticated_via_jwt: {
    severity: 'INFO',
    meaning: 'A handshake presented a JWT in the place of a ticket, and was admitted.',
    members: {
      ...session,
      ticketId,
      connection,
      client: 'The program that presented it, as it names itself.',
    },
  },
  websocket_connected: {
    severity: 'INFO',
    meaning: 'A connection is open.',
    members: { origin: 'The header `Origin`.', originHost: 'Its host.', route: 'The route.', connection },
  },
  connection_renewed: {
    severity: 'INFO',
    meaning: 'A connection was renewed with a fresh token of its session.',
    members: {
      connection,
      ticketId,
      route: 'The route of the connection.',
      expiresAt: 'When it expires now, Unix milliseconds; null where it does not.',
    },
  },
  websocket_closed: {
    severity: severityOfReason,
    meaning: 'A connection has ended.',
    remedy: 'If it has a reason, look it up in reasons.md.',
    members: {
      connection,
      route: 'The route.',
      code: 'The close code (RFC 6455).',
      initiator: '`edge`, `client`, `network` or `backend`.',
      reason: "The edge's reason, which decides the severity; null where it had none.",
      durationMs: 'How long it was open.',
    },
  },
  route_failed: {
    severity: 'CRITICAL',
    meaning: 'A bug in the handler of a route closed a connection.',
    remedy: 'Report it, with `err`.',
    members: { connection },
  },
  verified_for_proxy: {
    severity: 'INFO',
    meaning: 'A ticket was redeemed for a proxy (forward authentication).',
    members: { ...session, ticketId, route: 'The route, or null.' },
  },
  verify_failed: {
    severity: 'CRITICAL',
    meaning: 'A bug rejected a request of a proxy.',
    remedy: 'Report it, with `err`.',
  },
  command_failed: {
    severity: severityOfReason,
    meaning: 'The ticket-service rejected a command of an edge without a decision. The edge may try again.',
    remedy: 'Look up the reason in reasons.md.',
    members: {
      reason,
      command: 'The command.',
      ticketId,
      detail: 'What is wrong with its JWT, where it has one.',
    },
  },
  connection_request_failed: {
    severity: severityOfReason,
    meaning: 'A request of a backend about connections, over the bus, was rejected.',
    remedy: 'Look up the reason in reasons.md.',
    members: { reason },
  },
  rejections_folded: {
    severity: severityOfReason,
    meaning:
      'Lines above their rate were counted in the last minute instead of logged. With the single lines, the counts are exact.',
    remedy: 'Look up the reason in reasons.md.',
    members: {
      rejection: 'The message of the lines.',
      reason,
      network: 'The network of the clients; null for CRITICAL, and where it is not known.',
      count: 'How many.',
    },
  },
  event_loop_stalled: {
    severity: 'WARNING',
    meaning:
      'The event loop of a ticket-service stood still for more than a second. It leaves the bus until it has caught up.',
    remedy: 'Look for a paused machine, a lack of CPU, or a debugger.',
    members: { stoodStillMs: 'For how long.' },
  },
  rejoining_failed: {
    severity: 'ERROR',
    meaning: 'A ticket-service could not take requests again after its event loop stood still.',
    remedy: 'Restart it.',
  },
} as const satisfies LogEventRows;
