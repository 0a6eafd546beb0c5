import { type ControlKind, controlKinds, digestSchema, idSchema } from '@admit-one/core';
import { Type } from 'typebox';

const STRICT = { additionalProperties: false } as const;

export const Name = (description: string) => Type.String({ minLength: 1, maxLength: 256, description });

/** What every decision has. */
const common = {
  reason: Name('Why, for the audit log: such as the number of the incident.'),
  expiresAt: Type.Optional(
    Type.String({
      format: 'date-time',
      description:
        'When it ends by itself: by default after REVOCATION_RETENTION_SECONDS, at most in 30 days.',
    }),
  ),
  dryRun: Type.Optional(
    Type.Boolean({ description: 'Only say how many connections of how many users would be closed.' }),
  ),
};

export const RevocationBody = Type.Object(
  {
    session: Type.Optional(Name('A session, as events name it.')),
    user: Type.Optional(Name('A user: every session that began before now.')),
    ticket: Type.Optional(
      Type.Unsafe<string>({ ...digestSchema, description: 'A ticket by its id, and the connection of it.' }),
    ),
    connection: Type.Optional(Type.Unsafe<string>({ ...idSchema, description: 'A connection.' })),
    keyId: Type.Optional(Name('Every token that was signed with this key (`kid`), also later ones.')),
    issuedBefore: Type.Optional(
      Type.String({ format: 'date-time', description: 'Every token that was issued before this time.' }),
    ),
    issuer: Type.Optional(
      Name('The alias of the issuer. Needed where there are several; for `issuedBefore`, all without it.'),
    ),
    ...common,
  },
  STRICT,
);

export const ActionBody = Type.Object(
  {
    pause: Type.Optional(Type.Literal(true, { description: 'Issue no tickets.' })),
    block: Type.Optional(
      Type.String({ maxLength: 64, description: 'A network or address whose requests are rejected.' }),
    ),
    drain: Type.Optional(
      Type.Unsafe<string>({
        ...idSchema,
        description: 'An edge that closes its connections, by its instance.',
      }),
    ),
    ...common,
  },
  STRICT,
);

export const Edges = Type.Object(
  {
    confirmed: Type.Array(Type.String()),
    unconfirmed: Type.Array(Type.String()),
  },
  {
    description: 'The edges that have done it, and those that did not say so within 2 s; by their instances.',
  },
);

export const ReceiptReply = Type.Object({
  id: Type.String({ description: 'For DELETE.' }),
  closed: Type.Integer({ description: 'How many connections were closed.' }),
  edges: Edges,
  expiresAt: Type.String(),
});

export const ForecastReply = Type.Object({
  dryRun: Type.Literal(true),
  connections: Type.Integer(),
  users: Type.Integer(),
  edges: Edges,
});

export const OutcomeReply = Type.Union([ReceiptReply, ForecastReply], {
  description: 'What was done; with `dryRun`, what would be done.',
});

const NullableText = Type.Union([Type.String(), Type.Null()]);

export const EntriesReply = Type.Object(
  {
    total: Type.Integer(),
    entries: Type.Array(
      Type.Object({
        id: Type.String(),
        kind: Type.Enum(Object.keys(controlKinds) as ControlKind[]),
        issuer: NullableText,
        session: NullableText,
        user: NullableText,
        value: NullableText,
        reason: Type.String(),
        by: Type.String(),
        since: Type.String(),
        expiresAt: Type.String(),
      }),
    ),
  },
  {
    description:
      'What is in force: what operators and identity providers decided, then what users caused; the latest of each first; at most 1,000.',
  },
);
