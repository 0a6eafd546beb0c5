import { EVENT_SUBJECT_PREFIX, type EventType, eventCatalogue, eventRow, subjectOf } from '@admit-one/core';
import type { BusService } from './inspect/permissions.ts';

/** What a user of NATS may do; the server rejects everything else. Its inboxes are added: `_INBOX.<user>.>`. */
export interface NatsUser {
  /** What it is for, as a comment. */
  readonly purpose: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Whether it may reply to requests that it receives. */
  readonly replies: boolean;
}

/** Any service may create the stream, since none waits for another to start. None may change or delete it. */
const CREATE_STREAM = ['$JS.API.STREAM.INFO.ADMIT', '$JS.API.STREAM.CREATE.ADMIT'];

/** The users of NATS by name, each with the subjects that it needs. */
export const natsUsers = {
  'ticket-service': {
    purpose:
      'Issues tickets, answers requests about them and publishes their events. Replies go where a request asks for them.',
    publish: [
      ...eventSubjects('ticket-service'),
      ...['admit.control.state', 'admit.control.question', 'admit.control.command'],
      ...['admit.control.history', 'admit.control.renew'],
      ...CREATE_STREAM,
    ],
    subscribe: [
      ...['admit.ticket.*', 'admit.backend.*'],
      ...['admit.control.state', 'admit.control.edge', 'admit.control.since', 'admit.control.renewed'],
      '$SRV.>',
    ],
    replies: true,
  },
  'ws-edge': {
    purpose: 'Holds connections. Also carries the messages of bridge routes.',
    publish: [
      ...['admit.ticket.*', 'admit.ws.in.>', 'admit.control.edge', 'admit.control.since'],
      ...['admit.control.renewed', 'admit.connections.held'],
      ...eventSubjects('ws-edge'),
      ...CREATE_STREAM,
    ],
    subscribe: [
      ...['admit.ws.out.>', 'admit.control.state', 'admit.control.question'],
      ...['admit.control.command', 'admit.control.renew', 'admit.connections.held', '$SRV.>'],
    ],
    replies: true,
  },
  gate: {
    purpose:
      "A server of yours with libs/gate or libs/ticket-client. With several kinds of them, copy this user under another name: the inboxes of a user begin with `_INBOX.<user>.`, and those who share a user can read each other's replies.",
    publish: ['admit.ticket.*'],
    subscribe: [],
    replies: false,
  },
  'audit-service': {
    purpose: 'Reads the event stream into the audit log.',
    publish: [
      ...eventSubjects('audit-service'),
      'admit.ticket.time',
      ...CREATE_STREAM,
      ...['$JS.API.STREAM.MSG.GET.ADMIT', '$JS.API.STREAM.PURGE.ADMIT'],
      ...['$JS.API.CONSUMER.INFO.ADMIT.audit', '$JS.API.CONSUMER.CREATE.ADMIT.audit'],
      ...['$JS.API.CONSUMER.DURABLE.CREATE.ADMIT.audit', '$JS.API.CONSUMER.MSG.NEXT.ADMIT.audit'],
      '$JS.ACK.ADMIT.audit.>',
    ],
    subscribe: ['admit.control.history', '$SRV.>'],
    replies: true,
  },
  backend: {
    purpose:
      'Your application behind bridge routes: receives what clients send, sends to them, lists and closes connections.',
    publish: ['admit.ws.out.>', 'admit.backend.*'],
    subscribe: ['admit.ws.in.>'],
    replies: false,
  },
  operator: {
    purpose:
      'People and tools that look after the stream: `nats stream`, `admit stream`, `admit doctor`. Not for a service.',
    publish: ['$JS.API.>', '$SRV.>'],
    subscribe: [],
    replies: false,
  },
} as const satisfies Readonly<Record<string, NatsUser>>;

export type NatsUserName = keyof typeof natsUsers;

/** The variable of `deploy/nats/nats.conf` that has the password of a user. */
export function natsPasswordVariable(user: NatsUserName): string {
  return `NATS_${user.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}

/** The events that a service publishes, by what they are about: `admit.event.ticket.*`. */
function eventSubjects(service: BusService): readonly string[] {
  const types = (Object.keys(eventCatalogue) as EventType[]).filter((type) =>
    eventRow(type).publishers.includes(service),
  );
  const nouns = types.map((type) => subjectOf(type).slice(EVENT_SUBJECT_PREFIX.length).split('.')[0]);
  return [...new Set(nouns)].map((noun) => `${EVENT_SUBJECT_PREFIX}${noun}.*`);
}
