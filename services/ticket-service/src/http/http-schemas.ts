import {
  clientSchema,
  digestSchema,
  originSchema,
  type PublicCode,
  publicCodes,
  type Reason,
  reasonSchema,
  routeNameSchema,
  ticketSchema,
  ticketStatuses,
} from '@admit-one/core';
import { type Static, Type } from 'typebox';
import { LastFailureBody } from '../issue/last-failure.ts';

const RouteName = Type.Unsafe<string>({
  ...routeNameSchema,
  description: 'The only route that the ticket admits to.',
});

/** Unknown members are rejected: a misspelled `route` must not give a ticket that admits to every route. */
const STRICT = { additionalProperties: false } as const;

export const TicketQuery = Type.Object({ route: Type.Optional(RouteName) }, STRICT);

const TicketRequest = Type.Object(
  {
    route: Type.Optional(RouteName),
    origin: Type.Optional(
      Type.Unsafe<string>({ ...originSchema, description: 'The only origin whose pages it admits.' }),
    ),
    bindAddress: Type.Optional(
      Type.Boolean({ description: 'Whether it admits only the address that requests it.' }),
    ),
    client: Type.Optional(Type.Unsafe<string>(clientSchema)),
    lastFailure: Type.Optional(LastFailureBody),
  },
  STRICT,
);

const Name = (description: string) =>
  Type.String({ minLength: 1, maxLength: 256, pattern: '^[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]+$', description });

export const OnBehalfBody = Type.Object(
  {
    session: Name(
      'The session at the backend, under a name that is no secret: a digest of the id in the cookie, not the id.',
    ),
    user: Type.Optional(Name('The user of the session. Limits count it.')),
    attributes: Type.Optional(
      Type.Record(Type.String({ pattern: '^[!-~]{1,128}$' }), Type.String({ maxLength: 1024 }), {
        maxProperties: 16,
        additionalProperties: false,
        description:
          'Passed on with the connection, 8 KiB in total. A name has at most 128 printable ASCII characters, without spaces.',
      }),
    ),
    issuer: Type.Optional(
      Type.String({
        description:
          'The alias of a configured issuer that this is a user of. By default `backend`: users whom no issuer knows.',
      }),
    ),
    authTime: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'When the session began, Unix seconds: revocations of the session or user since then hold. By default now, after any revocation.',
      }),
    ),
    route: Type.Optional(RouteName),
    origin: Type.Optional(
      Type.Unsafe<string>({ ...originSchema, description: 'The only origin whose pages it admits.' }),
    ),
    address: Type.Optional(
      Type.String({ maxLength: 64, description: 'The only address of a client that it admits.' }),
    ),
    client: Type.Optional(Type.Unsafe<string>(clientSchema)),
  },
  STRICT,
);

/** No body at all is null here. */
export const TicketBody = Type.Unsafe<Static<typeof TicketRequest> | null>({
  ...TicketRequest,
  type: ['object', 'null'],
});

export const TicketResponse = Type.Object(
  {
    ticket: Type.String({ description: 'A secret. It admits one connection.' }),
    ticketId: Type.String({ description: 'Not a secret: the id of the ticket in the audit log.' }),
    expiresInSeconds: Type.Integer(),
    expires_at: Type.Integer({ description: 'Unix seconds.' }),
    synthetic: Type.Optional(
      Type.Literal(true, {
        description: 'The token is that of a probe: events of the ticket are left out of counts of users.',
      }),
    ),
  },
  { description: 'A ticket.' },
);

export const StatusBody = Type.Object({
  ticket: Type.Unsafe<string>({ ...ticketSchema, description: 'The ticket itself, a secret.' }),
});

export const StatusResponse = Type.Object(
  {
    ticketId: Type.String(),
    state: Type.Enum([...ticketStatuses], {
      description:
        'issued: it can be presented. unknown: it belongs to another session, or its record has been removed.',
    }),
    lastRejection: Type.Union([
      Type.Object({
        reason: Type.Unsafe<Reason>(reasonSchema),
        code: Type.Unsafe<PublicCode>({ type: 'string', enum: Object.keys(publicCodes) }),
      }),
      Type.Null(),
    ]),
  },
  { description: 'The status of the ticket, and its last rejection.' },
);

export const RenewBody = Type.Object(
  {
    ticketId: Type.Unsafe<string>({
      ...digestSchema,
      description: 'The id of the ticket that admitted the connection.',
    }),
  },
  STRICT,
);

export const RenewResponse = Type.Object(
  {
    expires_at: Type.Union([Type.Integer(), Type.Null()], {
      description: 'When the connection expires, Unix seconds; null where its route lets it live.',
    }),
  },
  { description: 'The connection is renewed.' },
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
