import { Type } from 'typebox';

const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(
  schema: Schema,
  description: string,
) => Type.Union([schema, Type.Null()], { description });

/** What `GET /api/v1/audit/fleet` answers. */
export const FleetReply = Type.Object({
  at: Type.String({
    format: 'date-time',
    description: 'The time of the answer, to compare the others with.',
  }),
  instances: Type.Array(
    Type.Object({
      service: Type.String(),
      instance: Type.String(),
      state: Type.Enum(['alive', 'silent', 'stopped'], {
        description: '`silent`: nothing came from it for 30 s, and it has not said that it stops.',
      }),
      heardAt: Type.String({ format: 'date-time', description: 'When its last event was stored.' }),
      startedAt: nullable(Type.String({ format: 'date-time' }), 'Null where it has not told lately.'),
      version: nullable(Type.String(), 'Null where it has not told lately.'),
      connections: nullable(Type.Integer(), 'How many it holds; null where it has not told lately.'),
      dependencies: Type.Array(
        Type.Object({
          name: Type.String(),
          up: Type.Boolean(),
          since: Type.String({ format: 'date-time' }),
        }),
        { description: 'What it depends on, as it told last.' },
      ),
    }),
    { description: 'Those heard of within an hour before the last one, by service.' },
  ),
});
