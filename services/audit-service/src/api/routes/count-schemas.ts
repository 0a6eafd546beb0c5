import { Type } from 'typebox';

/** What `GET /api/v1/audit/summary` answers. */
export const SummaryResponse = Type.Object({
  interval: Type.String(),
  by: Type.Array(Type.String()),
  rows: Type.Array(
    Type.Object(
      { time: Type.String({ format: 'date-time' }), count: Type.Integer() },
      { description: 'With a member for each name of `by`; null for events without it.' },
    ),
  ),
});

/** What `GET /api/v1/audit/explain` answers. */
export const ExplainResponse = Type.Object({
  total: Type.Integer({ description: 'How many events have one of the reasons.' }),
  baselineTotal: Type.Integer({
    description: 'How many events there were in the hour before; at 0 there is nothing to compare with.',
  }),
  findings: Type.Array(
    Type.Object({
      dimension: Type.String(),
      value: Type.String(),
      count: Type.Integer(),
      known: Type.Integer({ description: 'How many of these events have the dimension.' }),
      share: Type.Number({ description: 'Of these events with the dimension, 0 to 1.' }),
      baselineShare: Type.Number({ description: 'Of all events with the dimension in the hour before.' }),
      lift: Type.Number({
        description: 'How many times more common it is among these events; means nothing without a baseline.',
      }),
    }),
    { description: 'What explains most comes first; without a baseline, the largest share.' },
  ),
  runbook: Type.Union([Type.String(), Type.Null()]),
});

const count = Type.Integer({ minimum: 0 });

/** What `GET /api/v1/audit/cohorts` answers. */
export const CohortsResponse = Type.Object({
  rows: Type.Array(
    Type.Object({
      time: Type.String({ format: 'date-time', description: 'The minute in which the tickets were issued.' }),
      route: Type.Union([Type.String(), Type.Null()], { description: 'Null: they admit to any.' }),
      pathway: Type.Union([Type.String(), Type.Null()]),
      issued: count,
      presented: Type.Integer({ minimum: 0, description: 'Reserved at least once.' }),
      consumed: count,
      revoked: count,
      unused: Type.Integer({ minimum: 0, description: 'Neither consumed nor revoked so far.' }),
    }),
  ),
});
