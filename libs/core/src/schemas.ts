import { nullable, objectSchema, personal, type TypeOf } from './json-schema.ts';
import { type Reason, reasons } from './reasons.ts';

/** A ticket: a secret. */
export const ticketSchema = { type: 'string', pattern: '^[0-9a-f]{32}$' } as const;

/** A proof, a ticket id or a handshake key: SHA-256 as base64url. */
export const digestSchema = { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' } as const;

/** The id of a command, a connection or an instance. */
export const idSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 128,
  pattern: '^[A-Za-z0-9_-]+$',
} as const;

/** A row of the reasons table. */
export const reasonSchema = { type: 'string', enum: Object.keys(reasons) as readonly Reason[] } as const;

/** A configured route. `ticket` is reserved, and a name of the form of a ticket is rejected. */
export const routeNameSchema = {
  type: 'string',
  pattern: '^(?!ticket$|[0-9a-f]{32}$)[a-z0-9-]{1,32}$',
} as const;

/** How clients are admitted: by a ticket, or by a JWT that is exchanged for one, while an application moves to tickets. */
export const pathways = ['ticket', 'jwt'] as const;

export type Pathway = (typeof pathways)[number];

/** Where a ticket is presented; `message`: after the upgrade, in the application's own protocol. */
export const carriers = ['query', 'subprotocol', 'message'] as const;

export type Carrier = (typeof carriers)[number];

/** Store time, Unix milliseconds. */
export const timeSchema = { type: 'number', description: 'Store time, Unix milliseconds.' } as const;

/** The longest text of a context. Clients choose most of them. */
export const MAX_CONTEXT_TEXT = 512;

const clientText = nullable({ type: 'string', maxLength: MAX_CONTEXT_TEXT });

const contextMembers = {
  address: {
    ...clientText,
    ...personal,
    description: "The client's address, as far as `TRUSTED_PROXIES` reveals it.",
  },
  origin: { ...clientText, description: 'The `Origin` header.' },
  agent: { ...clientText, ...personal, description: 'The `User-Agent` header.' },
  route: { ...clientText, description: 'The requested route.' },
  carrier: {
    ...nullable({ type: 'string', enum: carriers }),
    description: 'Where the ticket was presented; `message`: after the upgrade.',
  },
  edge: { ...clientText, description: 'The instance that received the request.' },
} as const;

/** Where a request came from, as events carry it. Everything in it is stated by the client or the edge. */
export const eventContextSchema = objectSchema(contextMembers);

/** Where a command came from: the context of its events, and the W3C trace context of the request. */
export const commandContextSchema = objectSchema({ ...contextMembers, traceparent: clientText });

const { address, agent, edge } = contextMembers;

/** Who presented a ticket, as another event of the ticket names them. */
export const presenterSchema = objectSchema({ address, agent, edge });

export type Presenter = TypeOf<typeof presenterSchema>;
export type EventContext = TypeOf<typeof eventContextSchema>;
export type CommandContext = TypeOf<typeof commandContextSchema>;

/** Who a ticket is for, as the issuer's token said. */
export const principalSchema = objectSchema(
  {
    issuer: { type: 'string', description: 'The configured alias of the issuer, not its URL.' },
    session: { ...personal, type: 'string' },
    sessionFrom: { type: 'string', description: 'The claim that the session was taken from, or `derived`.' },
    user: { ...nullable({ type: 'string' }), ...personal },
    tokenIssuedAt: {
      type: 'number',
      description: 'When the token was issued, Unix seconds. Revocations compare with it.',
    },
    kid: { ...nullable({ type: 'string' }), description: 'The key that signed the token.' },
    attributes: {
      ...personal,
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Further claims that the operator passes on.',
    },
  },
  {
    tokenExpiresAt: {
      type: 'number',
      description: 'When the token expires, Unix seconds. Absent where the ticket was issued without one.',
    },
    synthetic: {
      type: 'boolean',
      const: true,
      description:
        'Set where the token has the value that `JWT_SYNTHETIC_CLAIM` names: the ticket is for a probe, not for a user. Counts of users leave it out.',
    },
  },
);

export type Principal = TypeOf<typeof principalSchema>;

/** Why a reservation was given back. */
export const releaseReasonSchema = {
  type: 'string',
  enum: ['client_gone', 'handshake_failed', 'upstream_failed', 'draining'],
} as const;

export type ReleaseReason = TypeOf<typeof releaseReasonSchema>;

/** An origin as browsers send it (RFC 6454, section 6.2). */
export const originSchema = {
  type: 'string',
  maxLength: 300,
  pattern: '^[a-z][a-z0-9+.-]*://[a-z0-9.:\\[\\]-]+$',
} as const;

/** What a ticket is bound to in addition to its route. Absent members bind to nothing. */
export const ticketBindingSchema = objectSchema(
  {},
  {
    origin: { type: 'string', description: 'The only `Origin` that it admits.' },
    address: { ...personal, type: 'string', description: 'The only address of a client that it admits.' },
    deniedRoutes: {
      type: 'array',
      items: { type: 'string' },
      description: 'The routes that its token may not use, where the ticket names no route.',
    },
  },
);

export type TicketBinding = TypeOf<typeof ticketBindingSchema>;

/** The program that requested a ticket, `<name>/<version>`, as it says of itself. */
export const clientSchema = {
  type: 'string',
  maxLength: 64,
  pattern: '^(?!.*[0-9A-Fa-f]{32})[A-Za-z0-9@._+/-]+$',
  description:
    'The program that requested the ticket or presented the JWT, `<name>/<version>`, as it says of itself.',
} as const;

/** What a client reports of its last failure when it requests a ticket. */
export const lastFailureSchema = objectSchema(
  {
    code: {
      ...nullable({ type: 'number' }),
      description: 'A close code or an HTTP status; null where there was neither.',
    },
    reason: { type: 'string' },
    phase: {
      type: 'string',
      enum: ['token', 'ticket', 'connecting', 'open'],
      description: 'What the client was doing when it failed.',
    },
    attempts: { type: 'number', description: 'How many attempts have failed since the last connection.' },
  },
  { at: { type: 'number', description: "Unix milliseconds by the client's clock." } },
);

export type LastFailure = TypeOf<typeof lastFailureSchema>;
