import { type LogEventRows, outageMembers, recoveryMembers } from './log-event-row.ts';

const entry = {
  entry: 'The id of the decision.',
  kind: 'What it is about.',
  why: 'The reason that was given.',
  by: 'Who decided.',
} as const;

/** What operators and log-outs decide while the services run. */
export const controlEvents = {
  control_changed: {
    severity: ['WARNING', 'INFO'],
    meaning: 'Someone revoked, paused, blocked or drained something, or undid that; INFO for a log-out.',
    members: {
      ...entry,
      undone: 'Whether it was undone.',
      closed: 'How many connections were closed.',
      unconfirmed: 'The edges that have not confirmed it.',
    },
  },
  backchannel_logout: {
    severity: 'INFO',
    meaning:
      'An identity provider ended a session or all sessions of a user (OpenID Connect Back-Channel Logout).',
    members: {
      issuer: 'The alias of the issuer.',
      entry: 'The id of the decision.',
      closed: 'How many connections were closed.',
    },
  },
  backchannel_logout_rejected: {
    severity: 'WARNING',
    meaning: 'A logout token was rejected.',
    remedy: 'Check the configuration of the client at the identity provider.',
    members: { error: 'The code that was answered.', description: 'The text that was answered.' },
  },
  control_applied: {
    severity: 'INFO',
    meaning: 'An edge closed connections for a decision, or rejects a network.',
    members: { ...entry, closed: 'How many of its connections were closed.' },
  },
  control_restored: {
    severity: 'WARNING',
    meaning: 'Redis had lost the decisions; they were written again from the copies of other processes.',
    remedy: 'Find out why Redis lost its data.',
    members: { entries: 'How many.' },
  },
  control_not_synchronized: {
    severity: ['ERROR', 'DEBUG'],
    meaning:
      'A ticket-service cannot read the decisions, though no dependency is down. It issues nothing until Redis enforces all of them again.',
    remedy: 'Look at the cause.',
    members: outageMembers,
  },
  control_synchronized: {
    severity: 'INFO',
    meaning: 'A ticket-service reads the decisions again.',
    members: recoveryMembers,
  },
  control_not_followed: {
    severity: 'ERROR',
    meaning: 'A bug keeps an edge from applying a decision.',
    remedy: 'Report it, with `err`.',
  },
  replay_not_closed: {
    severity: 'ERROR',
    meaning:
      'A ticket was presented again, and the connection that it admitted could not be closed (ON_REPLAY).',
    remedy: 'Look at the cause. `npx @admit-one/cli revoke --connection` closes it.',
  },
  control_stale: {
    severity: 'CRITICAL',
    meaning:
      'An edge has not heard of decisions for longer than the bound of some routes. It closes their connections, and rejects new ones.',
    remedy: 'Check NATS and the ticket-services.',
    members: { routes: 'The routes.', stalenessMs: 'For how long.' },
  },
  control_missed: {
    severity: 'WARNING',
    meaning:
      'An edge was out of touch for so long that it may have missed log-outs. It closes its connections, and their clients come back.',
    remedy: 'Check NATS, and the connection of the edge to it.',
    members: { connections: 'How many it closes.' },
  },
} as const satisfies LogEventRows;
