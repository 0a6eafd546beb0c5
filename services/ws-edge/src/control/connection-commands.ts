import {
  type ConnectionCommand,
  type ConnectionResult,
  type ConnectionTarget,
  type ListedConnection,
  MAX_LISTED_CONNECTIONS,
} from '@admit-one/ticket-client';
import type { Connections } from '../connection/connections.ts';
import type { Connection } from '../connection/types.ts';

/** Carries out what a backend asks for, at the connections of this edge. */
export function createConnectionCommands(edge: string, connections: Connections) {
  return function carryOut({ id, target, action }: ConnectionCommand): ConnectionResult {
    const found = connections.all().filter((connection) => isMeant(connection, target));
    const listed = action.kind === 'list' ? found.slice(0, MAX_LISTED_CONNECTIONS) : [];
    for (const connection of found) {
      if (action.kind === 'send') connection.send(Buffer.from(action.body, 'base64'), action.binary);
      if (action.kind === 'close') connection.closeWith(action);
    }
    return { id, connections: found.length, listed: listed.map((connection) => shown(connection, edge)) };
  };
}

function isMeant({ id, principal, isOpen }: Connection, target: ConnectionTarget): boolean {
  const { issuer, session, user, connection } = target;
  if (!isOpen) return false;
  if (connection !== null) return id === connection;
  if (principal.issuer !== issuer) return false;
  return session === null ? user !== null && principal.user === user : principal.session === session;
}

function shown({ id, route, ticketId, principal, openedAt }: Connection, edge: string): ListedConnection {
  const { issuer, session, user } = principal;
  return { id, edge, route, issuer, session, user, ticketId, openedAt: new Date(openedAt).toISOString() };
}
