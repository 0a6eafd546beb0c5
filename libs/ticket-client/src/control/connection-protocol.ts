import { type Static, Type } from 'typebox';

/** Where ticket-services take requests of backends about connections. */
export const connectionSubjects = {
  list: 'admit.backend.list',
  send: 'admit.backend.send',
  close: 'admit.backend.close',
} as const;

const OrNull = Type.Union([Type.String(), Type.Null()]);

/** Which connections: exactly one of session, user and connection is set. */
const Target = Type.Object({
  /** The alias of the issuer; null with a connection. */
  issuer: OrNull,
  session: OrNull,
  user: OrNull,
  connection: OrNull,
});

/** What ticket-services tell edges to do. An edge does it once for an id, however often it is told. */
export const ConnectionCommand = Type.Object({
  id: Type.String(),
  target: Target,
  action: Type.Union([
    Type.Object({ kind: Type.Literal('list') }),
    /** `body` in base64. */
    Type.Object({ kind: Type.Literal('send'), body: Type.String(), binary: Type.Boolean() }),
    Type.Object({ kind: Type.Literal('close'), code: Type.Integer(), text: Type.String() }),
  ]),
});

export const ListedConnection = Type.Object({
  id: Type.String({ description: 'Its id, as events name it.' }),
  edge: Type.String({ description: 'The edge that holds it.' }),
  route: Type.String(),
  issuer: Type.String({ description: 'The alias of the issuer.' }),
  session: Type.String(),
  user: OrNull,
  ticketId: Type.String({ description: 'The ticket that admitted it.' }),
  openedAt: Type.String({ description: 'RFC 3339.' }),
});

/** What an edge has done. */
export const ConnectionResult = Type.Object({
  /** Of the command. */
  id: Type.String(),
  /** How many connections it was about. */
  connections: Type.Number(),
  /** The first of them, where they were asked for. */
  listed: Type.Array(ListedConnection),
});

/** The most connections that one edge lists. */
export const MAX_LISTED_CONNECTIONS = 200;

/** The longest message that is sent this way, in bytes. */
export const MAX_SENT_BYTES = 65_536;

export type ConnectionCommand = Static<typeof ConnectionCommand>;
export type ConnectionTarget = ConnectionCommand['target'];
export type ConnectionAction = ConnectionCommand['action'];
export type ListedConnection = Static<typeof ListedConnection>;
export type ConnectionResult = Static<typeof ConnectionResult>;
