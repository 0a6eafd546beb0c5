import { eventSchema, eventTypes, type SequenceReport, type StoredEvent } from '@admit-one/core';
import { Type } from 'typebox';

const Position = Type.Object({
  position: Type.String({
    description:
      'Where it is in the stream: `<generation>.<sequence>.<index>`. It is the same after a rebuild.',
  }),
});

/** What a search answers. The schema documents: nothing is checked or filtered by it. */
export const EventsPage = Type.Object({
  events: Type.Array(Type.Unsafe<StoredEvent>({ allOf: [{ anyOf: eventTypes.map(eventSchema) }, Position] })),
  next: Type.String({ description: 'The cursor that continues behind this page, also at the end.' }),
  scannedTo: Type.String({ format: 'date-time', description: 'How far the log was searched.' }),
  end: Type.Boolean({ description: 'Whether there is nothing more for now.' }),
});

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
export const SequencesReport = Type.Unsafe<{
  readonly partitions: readonly Omit<SequenceReport, 'missingSince' | 'acknowledgedCount'>[];
}>(
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
