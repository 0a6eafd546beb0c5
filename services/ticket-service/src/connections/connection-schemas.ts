import { idSchema } from '@admit-one/core';
import { ListedConnection, MAX_SENT_BYTES } from '@admit-one/ticket-client';
import { type Static, type TObject, type TProperties, Type } from 'typebox';
import { Edges, Name } from '../control/control-schemas.ts';

/** Which connections: exactly one of the first three. */
const target = {
  session: Type.Optional(Name('The connections of a session, as events name it.')),
  user: Type.Optional(Name('Those of a user.')),
  connection: Type.Optional(Type.Unsafe<string>({ ...idSchema, description: 'One connection.' })),
  issuer: Type.Optional(Name('The alias of the issuer. Needed where there are several.')),
};

function body<Members extends TProperties>(members: Members): TObject<typeof target & Members> {
  return Type.Object({ ...target, ...members }, { additionalProperties: false });
}

export const ListBody = body({});

/** A message; exactly one of `text` and `base64`. */
export const SendBody = body({
  text: Type.Optional(Type.String({ maxLength: MAX_SENT_BYTES, description: 'A text message.' })),
  base64: Type.Optional(
    Type.String({
      maxLength: Math.ceil(MAX_SENT_BYTES / 3) * 4,
      pattern: '^[A-Za-z0-9+/]*={0,2}$',
      description: 'A binary message.',
    }),
  ),
});

export const CloseBody = body({
  code: Type.Optional(
    Type.Integer({ default: 1000, description: '1000, 1008, 1011, 1012, 1013, or 3000 to 4999.' }),
  ),
  reason: Type.Optional(Type.String({ default: '', description: 'At most 123 bytes of UTF-8.' })),
});

export type ConnectionTargetBody = Static<typeof ListBody>;
export type SendBody = Static<typeof SendBody>;
export type CloseBody = Static<typeof CloseBody>;

export const ConnectionsReply = Type.Object({
  connections: Type.Integer({ description: 'How many connections it was about.' }),
  edges: Edges,
});

export const ListReply = Type.Object({
  connections: ConnectionsReply.properties.connections,
  listed: Type.Array(ListedConnection, { description: 'At most 200 of each edge.' }),
  edges: Edges,
});

export type ConnectionsReply = Static<typeof ConnectionsReply>;
export type ListReply = Static<typeof ListReply>;
