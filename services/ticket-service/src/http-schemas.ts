import { Type } from 'typebox';

/** A route's name; `ticket` is reserved. */
const RouteName = Type.String({
  pattern: '^(?!ticket$)[a-z0-9-]{1,32}$',
  description: 'The only route that the ticket shall admit to.',
});

const RouteBinding = Type.Object({ route: Type.Optional(RouteName) });

export const TicketQuery = RouteBinding;

/** No body at all is null here. */
export const TicketBody = Type.Unsafe<{ route?: string } | null>({
  ...RouteBinding,
  type: ['object', 'null'],
});

export const TicketResponse = Type.Object(
  {
    ticket: Type.String({ description: 'A secret. It admits one connection.' }),
    ticketId: Type.String({ description: 'No secret: what the audit trail knows the ticket by.' }),
    expiresInSeconds: Type.Integer(),
    expires_at: Type.Integer({ description: 'Unix seconds.' }),
  },
  { description: 'A ticket.' },
);

export const AnonymousSessionResponse = Type.Object(
  {
    token: Type.String({ description: 'A JWT. A secret.' }),
    sessionId: Type.String(),
    expiresInSeconds: Type.Integer(),
  },
  { description: 'A session, and the token that proves it.' },
);

export const KeySetResponse = Type.Object(
  { keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) },
  { description: 'A JWK set (RFC 7517).' },
);
