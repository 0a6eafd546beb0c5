import { acknowledgementKinds } from '@admit-one/core';
import { Type } from 'typebox';
import type { Completeness } from './completeness.ts';

const Since = (description: string) =>
  Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description });

/** What `GET /api/v1/audit/completeness` takes. */
export const CompletenessQuery = Type.Object(
  {
    all: Type.Boolean({
      default: false,
      description: 'Also what is in order, and the latest 100 acknowledgements.',
    }),
  },
  { additionalProperties: false },
);

const State = Type.Enum(['open', 'closed', 'tail_unknown', 'tail_acknowledged']);

/** What it answers. The schema documents: nothing is checked or filtered by it. */
export const CompletenessReport = Type.Unsafe<Completeness>(
  Type.Object({
    horizon: Type.Union([Type.String(), Type.Null()], {
      description: 'The position up to which nothing can appear any more; null in an empty log.',
    }),
    partitions: Type.Array(
      Type.Object({
        partitionkey: Type.String(),
        state: State,
        missing: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()]), {
          description: 'The oldest 100 holes, inclusive on both ends.',
        }),
        missingCount: Type.Integer(),
        conflictCount: Type.Integer(),
        acknowledgedCount: Type.Integer({
          description: 'Missing events that were acknowledged; they are in no other count.',
        }),
        since: Since('Since when something is wrong.'),
      }),
    ),
    streams: Type.Array(
      Type.Object({
        generation: Type.Integer({ description: 'The first number of the positions of its events.' }),
        state: Type.Enum(['current', 'replaced'], {
          description: '`replaced`: the event stream was deleted and created again after it.',
        }),
        beganAt: Type.String({ format: 'date-time' }),
        horizon: Type.Integer({ description: 'The end of the first run of messages without a gap.' }),
        last: Type.Integer({ description: 'The last message received.' }),
        missingCount: Type.Integer({ description: 'Messages between the two that are overdue.' }),
        lostCount: Type.Integer({ description: 'Messages that the stream dropped before they came.' }),
        acknowledgedCount: Type.Integer(),
        since: Since('When the horizon last moved, where messages are missing or lost.'),
      }),
    ),
    conflicts: Type.Integer({ description: 'Events kept aside because another has their place.' }),
    conflictsSince: Since('When the first of them was kept.'),
    deadLetters: Type.Integer({ description: 'Messages kept aside because something in them was no event.' }),
    deadLettersSince: Since('When the first of them was kept.'),
    deadLetterSubjects: Type.Array(Type.String()),
    acknowledgements: Type.Array(
      Type.Object({
        kind: Type.Enum([...acknowledgementKinds]),
        name: Type.String(),
        reason: Type.String(),
        operator: Type.String(),
        acknowledgedAt: Type.String({ format: 'date-time' }),
      }),
    ),
  }),
);

/** What `POST /api/v1/audit/completeness/acknowledgements` takes. */
export const AcknowledgementBody = Type.Object(
  {
    kind: Type.Enum([...acknowledgementKinds], {
      description:
        '`partition`: what is missing under a partition key, and its unknown tail; `conflicts`: of a partition key; `dead_letters`: of a subject; `stream`: of a generation.',
    }),
    name: Type.String({
      minLength: 1,
      maxLength: 512,
      description: 'The partition key, subject or number of the generation.',
    }),
    reason: Type.String({ minLength: 1, maxLength: 1_000, pattern: '\\S', description: 'Why it is known.' }),
  },
  { additionalProperties: false },
);

/** What it answers. */
export const AcknowledgementReply = Type.Object({
  kind: Type.Enum([...acknowledgementKinds]),
  name: Type.String(),
  reason: Type.String(),
  operator: Type.String(),
});
