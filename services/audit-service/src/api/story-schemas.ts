import { eventSchema, eventTypes, reasonSchema, ticketSchema } from '@admit-one/core';
import { Type } from 'typebox';
import { type FoundStory, MAX_STORY_EVENTS } from '../stories/find-story.ts';
import { storyKinds } from '../stories/story.ts';
import { stages } from '../stories/ticket-life.ts';

export const TicketParameters = Type.Object({
  id: Type.String({
    pattern: '^[A-Za-z0-9_-]{8,43}$',
    description: 'The ticket id, or 8 or more characters that it begins with.',
  }),
});

export const StoryParameters = Type.Object({ id: Type.String({ minLength: 1, maxLength: 512 }) });

export const NoQuery = Type.Object({}, { additionalProperties: false });

export const VisitorQuery = Type.Object(
  {
    issuer: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 512,
        description: 'The alias of the issuer, where several issuers use the same ids.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const LookupBody = Type.Object(
  { ticket: Type.String({ pattern: ticketSchema.pattern, description: 'The ticket itself, a secret.' }) },
  { additionalProperties: false },
);

const Stage = Type.Enum([...stages], {
  description: `How far the ticket came. \`stayed\`: its connection lasted 10 s.`,
});

/** The schema documents: nothing is checked or filtered by it. */
export const StoryResponse = Type.Unsafe<FoundStory>(
  Type.Object({
    kind: Type.Enum([...storyKinds]),
    id: Type.String(),
    verdict: Type.String({ description: 'One sentence: what happened.' }),
    stage: Type.Union([Stage, Type.Null()], { description: 'Of the last ticket; null where there is none.' }),
    reason: Type.Union([Type.Enum([...reasonSchema.enum]), Type.Null()], {
      description: 'The reason that decides the verdict; null where nothing failed.',
    }),
    whatToDo: Type.Union([Type.String(), Type.Null()]),
    lastFailure: Type.Union([Type.Object({}), Type.Null()], {
      description: 'What the client last reported of a failure, as in `admit.ticket.issued`.',
    }),
    tickets: Type.Array(Type.Object({ ticketId: Type.String(), stage: Stage, verdict: Type.String() })),
    events: Type.Array(Type.Unsafe({ anyOf: eventTypes.map(eventSchema) }), {
      description: `By time, at most ${MAX_STORY_EVENTS}; each with \`sinceMs\`, the milliseconds after the first.`,
    }),
    truncated: Type.Boolean({
      description: 'Whether the audit log has more: older events of a session or user, later ones of others.',
    }),
  }),
);
