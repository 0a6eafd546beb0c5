import { SLO_DAYS, type SloName, slos } from '@admit-one/observability';
import { type Static, Type } from 'typebox';

const count = Type.Integer({ minimum: 0 });

/** What `GET /api/v1/audit/objectives` answers. */
export const ObjectivesReply = Type.Object({
  from: Type.String({ format: 'date-time' }),
  to: Type.String({ format: 'date-time' }),
  objectives: Type.Array(
    Type.Object({
      name: Type.Enum(Object.keys(slos) as SloName[]),
      title: Type.String(),
      description: Type.String(),
      objective: Type.Number({ description: 'Which share of the events must be good, 0 to 1.' }),
      range: Type.Union([Type.Object({ good: count, bad: count }), Type.Null()], {
        description:
          'The events of the range; null for an objective of durations, which are not counted by the minute.',
      }),
      budget: Type.Object(
        {
          days: Type.Integer(),
          good: count,
          bad: count,
          remaining: Type.Number({
            description: 'Which part of the error budget is left; below 0 if it is exceeded.',
          }),
        },
        { description: `The events of the last ${SLO_DAYS} days, without those of probes.` },
      ),
    }),
  ),
});

export type ObjectivesAnswer = Static<typeof ObjectivesReply>;
