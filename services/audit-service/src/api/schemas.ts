import {
  type AuditLog,
  eventSchema,
  producedEventTypes,
  type ReceivedEvent,
  type SequenceReport,
} from '@admit-one/core';
import { Type } from 'typebox';

const Fact = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 512, description }));

const Time = (description: string) =>
  Type.Optional(Type.String({ format: 'date-time', description, examples: ['2026-01-31T12:00:00Z'] }));

/** What `GET /api/v1/audit/events` takes. */
export const EventsQuery = Type.Object(
  {
    type: Type.Optional(
      Type.Array(Type.Enum([...producedEventTypes]), {
        maxItems: 50,
        description: 'Event types; give it several times for several.',
      }),
    ),
    ticket: Fact('A ticket id.'),
    session: Fact('A session.'),
    user: Fact('A user id.'),
    connection: Fact('A connection id.'),
    reason: Fact('The reason of a rejection or a close.'),
    from: Time('The earliest time, inclusive.'),
    to: Time('The latest time, exclusive.'),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'The size of a page.' }),
    cursor: Type.Optional(Type.String({ maxLength: 4096, description: '`next` of the page before.' })),
    order: Type.Enum(['asc', 'desc'], { default: 'asc', description: 'Oldest or newest first.' }),
  },
  { additionalProperties: false },
);

const EventSchema = Type.Unsafe<ReceivedEvent>({ anyOf: producedEventTypes.map(eventSchema) });

/** What it answers. The schema documents: nothing is checked or filtered by it. */
export const EventsPage = Type.Unsafe<Awaited<ReturnType<AuditLog['query']>>>(
  Type.Object({
    events: Type.Array(EventSchema),
    next: Type.String({ description: 'The cursor of the next page, at the end too.' }),
    scannedTo: Type.String({ format: 'date-time', description: 'How far the log was searched.' }),
    end: Type.Boolean({ description: 'Whether there is nothing more for now.' }),
  }),
);

/** What `GET /api/v1/audit/sequences` takes. */
export const SequencesQuery = Type.Object(
  {
    incomplete: Type.Boolean({
      default: false,
      description: 'Only the partition keys with events missing or in conflict, or with an unknown tail.',
    }),
  },
  { additionalProperties: false },
);

/** What it answers. The schema documents: nothing is checked or filtered by it. */
export const SequencesReport = Type.Unsafe<{ readonly partitions: readonly SequenceReport[] }>(
  Type.Object({
    partitions: Type.Array(
      Type.Object({
        partitionkey: Type.String(),
        first: Type.Integer({
          description: 'The first sequence seen; above 1, what came before is unknown.',
        }),
        last: Type.Integer({ description: 'The last sequence seen; 0 where none was.' }),
        announced: Type.Integer({
          description:
            'The highest sequence that existed: the last seen, or a later one that another event names.',
        }),
        missing: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()]), {
          description: 'The oldest 100 holes up to `announced`, inclusive on both ends.',
        }),
        missingCount: Type.Integer(),
        conflictCount: Type.Integer({
          description: 'Events that were kept aside because a different event has their place.',
        }),
        state: Type.Enum(['open', 'closed', 'tail_unknown', 'tail_acknowledged'], {
          description:
            '`closed`: the last event was named, and seen. `tail_unknown`: the instance fell silent, or another epoch of the store began, and which event was the last is not known.',
        }),
        tailUnknownSince: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
          description: 'Since when the tail is unknown; null in the other states.',
        }),
        seenAt: Type.String({ format: 'date-time', description: 'When its last event was stored.' }),
      }),
    ),
  }),
);
