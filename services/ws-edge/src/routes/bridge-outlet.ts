import { isUtf8 } from 'node:buffer';
import type { Message, Messages } from '@admit-one/core';
import type { Connection } from '../connection/types.ts';
import {
  connectionSubject,
  connectionsPattern,
  MESSAGE_TYPE_HEADER,
  routeSubject,
  sessionSubject,
  userSubject,
} from './bridge-subjects.ts';
import { createSharedSubscriptions } from './shared-subscriptions.ts';

/** Messages from the bus to the bridged connections of an edge. */
export interface BridgeOutlet {
  /** Delivers the messages for a connection to it. Returns its unsubscribe function. */
  connect(connection: Connection, route: string): () => void;
  stop(): void;
}

/** One subscription for all connections of the edge, and one for each session, user and route with a connection here. */
export function createBridgeOutlet(messages: Messages, edge: string): BridgeOutlet {
  const bySubject = new Map<string, Connection>();
  const shared = createSharedSubscriptions(messages);
  const unsubscribe = messages.subscribe(connectionsPattern(edge), (message) => {
    const connection = bySubject.get(message.subject);
    if (connection) deliver(connection, message);
  });

  return {
    connect(connection, route) {
      const { issuer, session, user } = connection.principal;
      const own = connectionSubject(edge, connection.id);
      const subjects = [sessionSubject(issuer, session), routeSubject(route)];
      if (user !== null) subjects.push(userSubject(issuer, user));
      const unsubscribes = subjects.map((subject) =>
        shared.subscribe(subject, (message) => deliver(connection, message)),
      );
      bySubject.set(own, connection);
      return () => {
        bySubject.delete(own);
        for (const leave of unsubscribes) leave();
      };
    },
    stop: unsubscribe,
  };
}

function deliver(connection: Connection, { body, headers }: Message): void {
  const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  connection.send(data, headers[MESSAGE_TYPE_HEADER] === 'binary' || !isUtf8(data));
}
