import { alertSeverities } from '../alert-state.ts';
import { controlEntrySchema } from '../control/control-entry.ts';
import { type JsonSchema, nullable, objectSchema, personal, type TypeOf } from '../json-schema.ts';
import {
  clientSchema,
  digestSchema,
  eventContextSchema,
  idSchema,
  lastFailureSchema,
  pathways,
  presenterSchema,
  principalSchema,
  reasonSchema as reason,
  releaseReasonSchema,
  ticketBindingSchema,
  timeSchema,
} from '../schemas.ts';
import { acknowledgementKinds } from './acknowledgement-kinds.ts';
import {
  connectionId,
  context,
  handshake,
  issuedAt,
  pauseEntry,
  principal,
  sessionEntry,
  ticketId,
} from './catalogue-examples.ts';

/** Who numbers an event: the ticket store's outbox, or the instance that reports it. */
export type SequenceOwner = 'store' | 'instance';

/** What publishes events: the services. */
export const serviceNames = ['ticket-service', 'ws-edge', 'audit-service'] as const;

type Publisher = (typeof serviceNames)[number];

/** One event type: who publishes it, what it is about, and the shape of its `data`. */
interface EventRow<Data extends JsonSchema = JsonSchema, Example = unknown> {
  readonly publishers: readonly Publisher[];
  readonly numberedBy: SequenceOwner;
  /** What the CloudEvents `subject` names; `handshake`: the ticket id where it is known, else the handshake key; `control`: the id of an entry. */
  readonly subject: 'ticket' | 'handshake' | 'connection' | 'control' | 'instance';
  readonly description: string;
  readonly data: Data;
  readonly example: Example;
}

/** The example is checked against the schema of `data`. */
function row<const Data extends JsonSchema>(row: EventRow<Data, NoInfer<TypeOf<Data>>>) {
  return row;
}

/** How `data` may change between versions, for every type. */
export const EVENT_VERSION_RULE =
  'A later version may add members to `data`; readers ignore members that they do not know. A member is never removed, renamed or given another meaning: that takes a new event type.';

const all: readonly Publisher[] = serviceNames;

const count = {
  type: 'integer',
  minimum: 1,
  description: 'How many occurrences this event stands for.',
} as const;
const text = { type: 'string' } as const;

/** What a rejection carries that stands for many. Then its subject is the instance that counted them. */
const ofFolded = {
  firstAt: { ...timeSchema, description: 'In a folded event: when the first was rejected.' },
  lastAt: { ...timeSchema, description: 'In a folded event: when the last was rejected.' },
  synthetic: {
    type: 'boolean',
    const: true,
    description: 'In a folded event: set where all of them were for a probe.',
  },
} as const;
const FOLDED =
  ' Above a rate per reason and source, or without room, one event stands for many: it has a `count`, `firstAt` and `lastAt`, and null for what differs between them.';

/** What sessions request, other than tickets. */
export const issuanceRequests = ['renewal', 'logout', 'anonymous_session'] as const;

export type IssuanceRequest = (typeof issuanceRequests)[number];

/** What of the audit API is recorded when an operator reads it. A live view is recorded at its start and at its end. */
export const auditAccesses = ['export', 'lookup', 'story', 'live_view_started', 'live_view_ended'] as const;

export type AuditAccess = (typeof auditAccesses)[number];

const quantity = { type: 'number', minimum: 0 } as const;
const traffic = { ...nullable(quantity), description: 'Null where the edge was lost.' } as const;
const ofAlert = {
  alert: { ...text, description: 'Its name, as in docs/alerts.md.' },
  severity: { type: 'string', enum: alertSeverities },
  firedAt: timeSchema,
  value: { ...nullable({ type: 'number' }), description: 'What its condition measured last.' },
  detail: { ...nullable(text), description: 'What the value is about, such as the address prefix.' },
} as const;
const optionalPrincipal = nullable(principalSchema);

const ofAnyTicket = {
  pathway: { type: 'string', enum: pathways, description: 'How the client was admitted.' },
  context: eventContextSchema,
} as const;

/** What every event of a known ticket carries, so that readers need no join. */
const ofTicket = {
  ...ofAnyTicket,
  principal: principalSchema,
  issuedAt: timeSchema,
  route: { ...nullable(text), description: 'The route that the ticket is bound to; null for any.' },
} as const;

/** What an event carries that is about a handshake with a JWT, or its connection. */
const ofJwt = {
  pathway: { type: 'string', const: 'jwt', description: 'Set where the client presented a JWT.' },
} as const;

/** What a ticket's event carries where the client named itself. */
const byClient = { client: clientSchema } as const;

/** What an event of an instance says of itself. Earlier versions had only the required members. */
const service = objectSchema(
  {
    service: text,
    lastSequence: {
      type: 'integer',
      minimum: 1,
      description: 'The sequence of this event under its partition key.',
    },
    connections: { type: 'integer', minimum: 0, description: 'How many connections the instance holds.' },
  },
  {
    version: { ...text, description: 'The release that it runs.' },
    startedAt: timeSchema,
    dependencies: {
      type: 'array',
      maxItems: 8,
      items: objectSchema({
        name: { ...text, description: '`redis`, `nats`, `postgres` or `issuer_keys`.' },
        up: { type: 'boolean' },
        since: timeSchema,
      }),
      description: 'What its process depends on, whether it can reach that, and since when.',
    },
  },
);

const serviceExample = {
  version: '0.1.0',
  startedAt: issuedAt - 60_000,
  dependencies: [{ name: 'nats', up: true, since: issuedAt - 60_000 }],
};

const ticketExample = { principal, issuedAt, route: 'chat', pathway: 'ticket', context } as const;

/** Every event type, and everything that is derived from it: types, documents, the audit log's columns. */
export const eventCatalogue = {
  'admit.ticket.issued': row({
    publishers: ['ticket-service'],
    numberedBy: 'store',
    subject: 'ticket',
    description: 'A ticket was issued.',
    data: objectSchema(
      { ...ofTicket, expiresAt: timeSchema },
      {
        ...byClient,
        binding: ticketBindingSchema,
        requestedBy: {
          ...text,
          description: 'The `sub` of the backend that requested it on behalf of the principal.',
        },
        lastFailure: lastFailureSchema,
      },
    ),
    example: {
      ...ticketExample,
      expiresAt: issuedAt + 30_000,
      client: 'admit-one/0.1.0',
      binding: { origin: 'https://app.example.com' },
      lastFailure: { code: 1006, reason: 'connection_lost', phase: 'open', attempts: 1 },
    },
  }),
  'admit.ticket.reserved': row({
    publishers: ['ticket-service'],
    numberedBy: 'store',
    subject: 'ticket',
    description: 'A handshake reserved the ticket.',
    data: objectSchema(
      {
        ...ofTicket,
        handshake: digestSchema,
        leaseEndsAt: timeSchema,
        reservation: { type: 'integer', minimum: 1, description: 'The number of this reservation, from 1.' },
        previousHandshake: {
          ...nullable(digestSchema),
          description: 'The handshake whose lease had ended before.',
        },
      },
      byClient,
    ),
    example: {
      ...ticketExample,
      handshake,
      leaseEndsAt: issuedAt + 5_200,
      reservation: 1,
      previousHandshake: null,
    },
  }),
  'admit.ticket.consumed': row({
    publishers: ['ticket-service'],
    numberedBy: 'store',
    subject: 'ticket',
    description: 'The ticket admitted its connection: the opening of that connection.',
    data: objectSchema(
      { ...ofTicket, handshake: digestSchema, connection: idSchema },
      {
        ...byClient,
        upgradeMs: {
          ...quantity,
          description: 'From the begin of the upgrade to this event. Absent where the ticket was redeemed.',
        },
      },
    ),
    example: { ...ticketExample, handshake, connection: connectionId, upgradeMs: 12 },
  }),
  'admit.ticket.released': row({
    publishers: ['ticket-service'],
    numberedBy: 'store',
    subject: 'ticket',
    description: 'A handshake gave its reservation back; the ticket can be used again.',
    data: objectSchema(
      {
        ...ofTicket,
        handshake: digestSchema,
        releasedAt: timeSchema,
        why: releaseReasonSchema,
      },
      byClient,
    ),
    example: { ...ticketExample, handshake, releasedAt: issuedAt + 400, why: 'handshake_failed' },
  }),
  'admit.ticket.rejected': row({
    publishers: ['ticket-service'],
    numberedBy: 'store',
    subject: 'ticket',
    description: `A command on the ticket was rejected.${FOLDED}`,
    data: objectSchema(
      {
        ...ofAnyTicket,
        reason,
        command: nullable({
          type: 'string',
          enum: ['issue', 'exchange', 'reserve', 'confirm', 'release', 'redeem', 'revoke'],
        }),
        handshake: nullable(digestSchema),
        connection: { ...nullable(text), description: 'The connection that the ticket has admitted.' },
        earlierPresenter: {
          ...nullable(presenterSchema),
          description:
            'Who reserved the ticket last, or was admitted with it; null where nobody was. `context` is of the presenter that was rejected. The agent is cut to 100 characters.',
        },
        principal: { ...optionalPrincipal, description: 'Null where the ticket is unknown.' },
        issuedAt: { ...nullable(timeSchema), description: 'Null where the ticket is unknown.' },
        route: ofTicket.route,
        count,
      },
      { ...byClient, ...ofFolded },
    ),
    example: {
      ...ticketExample,
      reason: 'ticket_replayed',
      command: 'reserve',
      handshake,
      connection: connectionId,
      earlierPresenter: { address: '198.51.100.7', agent: 'Mozilla/5.0', edge: context.edge },
      count: 1,
    },
  }),
  'admit.ticket.revoked': row({
    publishers: ['ticket-service'],
    numberedBy: 'store',
    subject: 'ticket',
    description: 'The ticket was revoked before its use.',
    data: objectSchema({ ...ofTicket, why: text }, byClient),
    example: { ...ticketExample, why: 'lost phone' },
  }),
  'admit.session.revoked': row({
    publishers: ['ticket-service'],
    numberedBy: 'store',
    subject: 'control',
    description: 'A session, or every session of a user, was revoked.',
    data: controlEntrySchema,
    example: sessionEntry,
  }),
  'admit.control.changed': row({
    publishers: ['ticket-service'],
    numberedBy: 'store',
    subject: 'control',
    description:
      'Another control entry was added: a ticket, connection, key or the tokens before a time were revoked, issuing was paused, a network blocked or an edge drained. Or an entry was undone.',
    data: controlEntrySchema,
    example: pauseEntry,
  }),
  'admit.control.unconfirmed': row({
    publishers: ['ticket-service'],
    numberedBy: 'instance',
    subject: 'control',
    description:
      'Edges did not confirm a control entry in time. They apply it as soon as they reach the bus; until then its connections there stay open.',
    data: objectSchema({
      entry: { ...text, ...personal, description: 'The id of the entry.' },
      edges: { type: 'array', items: text },
    }),
    example: { entry: sessionEntry.id, edges: ['Rmr4wbIpQoG9sXhN1kzDkA'] },
  }),
  'admit.store.started': row({
    publishers: ['ticket-service'],
    numberedBy: 'store',
    subject: 'instance',
    description: 'An epoch of the ticket store began. The first event under its partition key.',
    data: objectSchema({
      previousEpoch: { ...nullable(text), description: 'The epoch before; null for the first.' },
      lastSequence: {
        type: 'integer',
        minimum: 0,
        description: 'The last known sequence of the epoch before.',
      },
    }),
    example: { previousEpoch: null, lastSequence: 0 },
  }),
  'admit.store.stopped': row({
    publishers: ['ticket-service'],
    numberedBy: 'store',
    subject: 'instance',
    description:
      'A ticket store in memory ended with its process. The last event under its partition key. Redis outlives the services, and never publishes it.',
    data: objectSchema({
      lastSequence: {
        type: 'integer',
        minimum: 1,
        description: 'The sequence of this event under its partition key.',
      },
    }),
    example: { lastSequence: 412 },
  }),
  'admit.store.acknowledged': row({
    publishers: ['ticket-service'],
    numberedBy: 'instance',
    subject: 'instance',
    description:
      'An epoch of the ticket store ended while this ticket-service was running, and this is the last event of it that the store had acknowledged to it. The events up to that number existed: those that the audit log lacks were lost with the store.',
    data: objectSchema({
      epoch: { ...text, description: 'The partition key of the ended epoch.' },
      lastSequence: {
        type: 'integer',
        minimum: 1,
        description: 'The highest sequence under that partition key that was acknowledged.',
      },
    }),
    example: { epoch: 'p07.c29tZS1lcG9jaC0wMDAx', lastSequence: 412 },
  }),
  'admit.issuance.rejected': row({
    publishers: ['ticket-service'],
    numberedBy: 'instance',
    subject: 'instance',
    description: `A request for a ticket, or for what \`request\` names, was rejected.${FOLDED}`,
    data: objectSchema(
      {
        reason,
        detail: { ...nullable(text), description: 'What the client was told in addition.' },
        principal: {
          ...optionalPrincipal,
          description: 'Null where the token was rejected, or was not looked at.',
        },
        context: eventContextSchema,
        count,
      },
      {
        ...ofFolded,
        request: {
          type: 'string',
          enum: issuanceRequests,
          description: 'What was requested, where it was not a ticket.',
        },
        ticketId: { ...text, description: 'Of a renewal: the ticket of the connection.' },
      },
    ),
    example: {
      reason: 'rate_limited',
      detail: null,
      principal,
      context: { ...context, carrier: null },
      count: 1,
    },
  }),
  'admit.handshake.rejected': row({
    publishers: ['ws-edge', 'ticket-service'],
    numberedBy: 'instance',
    subject: 'handshake',
    description: `A handshake was rejected, and \`admit.ticket.rejected\` does not report it.${FOLDED}`,
    data: objectSchema(
      {
        reason,
        handshake: nullable(text),
        connection: { ...nullable(text), description: 'The connection that was rejected after the upgrade.' },
        ticketId: {
          ...nullable(digestSchema),
          description: 'The ticket that was presented; null where the request shows none, or several.',
        },
        principal: { ...optionalPrincipal, description: 'Null where the ticket was not looked at.' },
        context: eventContextSchema,
        count,
      },
      { ...ofJwt, ...byClient, ...ofFolded },
    ),
    example: {
      reason: 'origin_blocked',
      handshake,
      connection: null,
      ticketId,
      principal: null,
      context,
      count: 1,
    },
  }),
  'admit.connection.renewed': row({
    publishers: ['ws-edge'],
    numberedBy: 'instance',
    subject: 'connection',
    description:
      'A connection was renewed with a fresh token of its session, which `principal` is of, so that it expires later.',
    data: objectSchema({
      connection: idSchema,
      ticketId: text,
      principal: principalSchema,
      route: { ...text, description: 'The route of the connection.' },
      expiresAt: {
        ...nullable(timeSchema),
        description: 'When it expires now; null on a route whose connections do not expire.',
      },
    }),
    example: {
      connection: connectionId,
      ticketId,
      principal: {
        ...principal,
        tokenIssuedAt: issuedAt / 1000 + 480,
        tokenExpiresAt: issuedAt / 1000 + 1_080,
      },
      route: 'chat',
      expiresAt: issuedAt + 1_080_000,
    },
  }),
  'admit.connection.closed': row({
    publishers: ['ws-edge'],
    numberedBy: 'instance',
    subject: 'connection',
    description:
      'A connection was closed. Where the edge was lost before it could report that (reason `edge_lost`), the audit-service writes the event into the audit log, under the partition key `audit.log`.',
    data: objectSchema(
      {
        connection: idSchema,
        ticketId: text,
        principal: principalSchema,
        route: { ...text, description: 'The route of the connection.' },
        code: { type: 'integer', description: 'The close code (RFC 6455).' },
        closeText: { ...text, description: 'The close reason of the frame, or what cut the connection.' },
        initiator: {
          type: 'string',
          enum: ['edge', 'client', 'network', 'backend'],
          description: '`backend`: your application closed it over the bus or the API.',
        },
        reason: { ...nullable(reason), description: "The edge's reason; null where it had none." },
        durationMs: quantity,
        messagesIn: traffic,
        bytesIn: traffic,
        messagesOut: traffic,
        bytesOut: traffic,
      },
      ofJwt,
    ),
    example: {
      connection: connectionId,
      ticketId,
      principal,
      route: 'chat',
      code: 1000,
      closeText: '',
      initiator: 'client',
      reason: null,
      durationMs: 61_250,
      messagesIn: 12,
      bytesIn: 1_480,
      messagesOut: 40,
      bytesOut: 9_320,
    },
  }),
  'admit.service.started': row({
    publishers: all,
    numberedBy: 'instance',
    subject: 'instance',
    description: 'An instance started. The first event under its partition key.',
    data: service,
    example: { service: 'ws-edge', lastSequence: 1, connections: 0, ...serviceExample },
  }),
  'admit.service.alive': row({
    publishers: all,
    numberedBy: 'instance',
    subject: 'instance',
    description: 'An instance is running; published every 10 s.',
    data: service,
    example: { service: 'ws-edge', lastSequence: 120, connections: 35, ...serviceExample },
  }),
  'admit.service.stopped': row({
    publishers: all,
    numberedBy: 'instance',
    subject: 'instance',
    description: 'An instance stopped. The last event under its partition key.',
    data: service,
    example: { service: 'ws-edge', lastSequence: 980, connections: 0, ...serviceExample },
  }),
  'admit.alert.fired': row({
    publishers: ['audit-service'],
    numberedBy: 'instance',
    subject: 'instance',
    description: "An alert of the audit-service's own evaluator began.",
    data: objectSchema({
      ...ofAlert,
      summary: text,
      inhibitedBy: {
        ...nullable(text),
        description: 'The firing alert that explains this one; the webhook is not called meanwhile.',
      },
    }),
    example: {
      alert: 'AdmitStoreDown',
      severity: 'page',
      firedAt: issuedAt,
      value: 12,
      detail: null,
      summary: 'The ticket store does not answer.',
      inhibitedBy: null,
    },
  }),
  'admit.alert.resolved': row({
    publishers: ['audit-service'],
    numberedBy: 'instance',
    subject: 'instance',
    description: "An alert of the audit-service's own evaluator ended.",
    data: objectSchema({ ...ofAlert, durationMs: quantity }),
    example: {
      alert: 'AdmitStoreDown',
      severity: 'page',
      firedAt: issuedAt,
      value: 0,
      detail: null,
      durationMs: 184_000,
    },
  }),
  'admit.audit.accessed': row({
    publishers: ['audit-service'],
    numberedBy: 'instance',
    subject: 'instance',
    description:
      'An operator read from the audit API (an export, a lookup, a story or a live view), acknowledged what the audit log lacks, withdrew a break-glass token, used one for the first time, or could not read because of an outage. Pages of a search are not recorded.',
    data: {
      anyOf: [
        objectSchema({
          access: { type: 'string', enum: auditAccesses },
          operator: objectSchema({
            subject: text,
            from: { type: 'string', enum: ['token', 'break_glass', 'proxy'] },
          }),
          address: nullable(text),
          query: { ...text, ...personal, description: 'What was asked for, without secrets.' },
          eventCount: { type: 'integer', minimum: 0, description: 'How many events were sent.' },
          complete: {
            type: 'boolean',
            description: 'Whether all events that the query asks for were sent; false for a live view.',
          },
        }),
        objectSchema({
          operator: objectSchema({
            subject: text,
            from: { type: 'string', enum: ['token', 'break_glass', 'proxy'] },
          }),
          acknowledged: objectSchema({ kind: { type: 'string', enum: acknowledgementKinds }, name: text }),
          justification: text,
        }),
        objectSchema({
          operator: objectSchema({
            subject: text,
            from: { type: 'string', enum: ['token', 'break_glass', 'proxy'] },
          }),
          withdrawn: objectSchema({ tokenId: { ...text, description: 'Of a break-glass token.' } }),
          justification: text,
        }),
        objectSchema({
          operator: objectSchema({
            subject: text,
            from: { type: 'string', const: 'break_glass' },
            tokenId: text,
          }),
          justification: text,
        }),
        objectSchema({
          reason,
          operator: { ...nullable(text), description: 'The subject of the operator, where known.' },
          address: nullable(text),
          count,
        }),
      ],
    },
    example: {
      access: 'export',
      operator: { subject: 'ann', from: 'token' },
      address: '192.0.2.44',
      query: 'reason=ticket_replayed from=2026-01-31T11:00:00.000Z',
      eventCount: 412,
      complete: true,
    },
  }),
  'admit.audit.sealed': row({
    publishers: ['audit-service'],
    numberedBy: 'instance',
    subject: 'instance',
    description:
      'A range of the audit log was sealed. Anyone who keeps its digest outside of the audit log can tell later whether a seal was removed or replaced.',
    data: objectSchema({
      number: { type: 'integer', minimum: 1, description: 'Of the seal, from 1, without a gap.' },
      digest: { ...text, description: 'SHA-256 of the signed seal, in hex.' },
      after: { ...text, description: 'The position behind which it begins.' },
      to: { ...text, description: 'The position of its last event.' },
      eventCount: { type: 'integer', minimum: 1 },
      kid: { ...text, description: 'The thumbprint (RFC 7638) of the key that signed.' },
      previousKid: {
        ...nullable(text),
        description:
          'Of the key that signed the seal before: another one where the key was replaced. Null in the first.',
      },
    }),
    example: {
      number: 17,
      digest: '5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9',
      after: '1.2040.3',
      to: '1.2101.0',
      eventCount: 412,
      kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
      previousKid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    },
  }),
  'admit.audit.forgotten': row({
    publishers: ['audit-service'],
    numberedBy: 'instance',
    subject: 'instance',
    description:
      'An operator had a user forgotten: the personal values of these events were removed. The audit-service writes it into the audit log together with the removal, under the partition key `audit.log`, one for each 200 events.',
    data: objectSchema({
      operator: objectSchema({
        subject: text,
        from: { type: 'string', enum: ['token', 'break_glass', 'proxy'] },
      }),
      justification: text,
      events: { type: 'array', items: text, description: 'The ids of the events.' },
    }),
    example: {
      operator: { subject: 'ann', from: 'token' },
      justification: 'request 4711',
      events: ['p11.9aXb2cYd3eZf4gAh5iBj6k.0000000000000042'],
    },
  }),
} as const satisfies Record<string, EventRow>;

export type EventType = keyof typeof eventCatalogue;

/** The `data` of an event of a type. */
export type EventData<Type extends EventType = EventType> = TypeOf<(typeof eventCatalogue)[Type]['data']>;

/** The row of a type, with the catalogue's common type. */
export function eventRow(type: EventType): EventRow {
  return eventCatalogue[type];
}

/** In the catalogue's order. */
export const eventTypes = Object.keys(eventCatalogue) as readonly EventType[];

/** Whether a value is one of the event types. */
export function isEventType(value: unknown): value is EventType {
  return typeof value === 'string' && Object.hasOwn(eventCatalogue, value);
}

/** What every event's subject on the bus begins with. */
export const EVENT_SUBJECT_PREFIX = 'admit.event.';

/** The subject on the bus that events of a type are published to. */
export function subjectOf(type: EventType): string {
  return EVENT_SUBJECT_PREFIX + type.slice('admit.'.length);
}

/** The partition key of the events that the audit log itself writes. Nobody may publish under it. */
export const AUDIT_LOG_PARTITION_KEY = 'audit.log';

/**
 * Who numbers under a partition key: `pNN.<epoch>` is the store's, the name of an instance that instance's. Null for
 * what is neither: nobody may publish under it.
 */
export function sequenceOwnerOf(partitionKey: string): SequenceOwner | null {
  if (/^p(0\d|1[0-5])\.[A-Za-z0-9_-]{1,128}$/.test(partitionKey)) return 'store';
  const isInstance = /^(?!p\d*\.)[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(partitionKey);
  return isInstance && partitionKey !== AUDIT_LOG_PARTITION_KEY ? 'instance' : null;
}

/**
 * Whether events of a type may be published under a partition key: the numbering must be of the type's owner, and an
 * instance that is named after its service, `<service>-…`, must be of a service that publishes the type.
 */
export function mayPublishUnder(type: EventType, partitionKey: string): boolean {
  const { numberedBy, publishers } = eventRow(type);
  const service = all.find((name) => partitionKey.startsWith(`${name}-`));
  return sequenceOwnerOf(partitionKey) === numberedBy && (!service || publishers.includes(service));
}
