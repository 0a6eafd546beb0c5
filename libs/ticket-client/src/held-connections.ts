import { type Static, Type } from 'typebox';

/** Where edges tell each other of the sessions and users that hold many connections. */
export const HELD_CONNECTIONS_SUBJECT = 'admit.connections.held';

export const HeldConnectionsMessage = Type.Object({
  edge: Type.String(),
  /** Connections by a digest of the session or user; 0 where it is no longer told of. */
  held: Type.Record(Type.String(), Type.Number()),
  /** Whether these are all that the edge tells of. */
  complete: Type.Boolean(),
});

export type HeldConnectionsMessage = Static<typeof HeldConnectionsMessage>;
