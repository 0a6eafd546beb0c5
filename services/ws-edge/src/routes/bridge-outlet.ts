import { isUtf8 } from 'node:buffer';
import type { Message, Messages } from '@admit-one/core';
import type { Connection } from '../connection/connection.ts';
import { MESSAGE_TYPE_HEADER } from './bridge-headers.ts';
import {
  connectionSubject,
  connectionsPattern,
  routeSubject,
  sessionSubject,
  userSubject,
} from './bridge-subjects.ts';
import { createSharedSubscriptions } from './shared-subscriptions.ts';

/** What comes from the bus for the bridged connections of an edge. */
export interface BridgeOutlet {
  /** Lets messages for a connection through to it. Returns the way out. */
  connect(connection: Connection, route: string): () => void;
  stop(): void;
}

/** Subscribes to the edge's connections as a whole, and to sessions, users and routes while one of theirs is here. */
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
      const leave = subjects.map((subject) =>
        shared.join(subject, (message) => deliver(connection, message)),
      );
      bySubject.set(own, connection);
      return () => {
        bySubject.delete(own);
        for (const leaveSubject of leave) leaveSubject();
      };
    },
    stop: unsubscribe,
  };
}

function deliver(connection: Connection, { body, headers }: Message): void {
  const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  connection.send(data, headers[MESSAGE_TYPE_HEADER] === 'binary' || !isUtf8(data));
}
