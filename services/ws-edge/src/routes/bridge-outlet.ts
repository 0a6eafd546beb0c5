import { isUtf8 } from 'node:buffer';
import type { Message, Messages } from '@admit-one/core';
import type { Connection } from '../connection/types.ts';
import { answer, type BridgeError, errorReply } from './bridge-answers.ts';
import { closeOrderOf } from './bridge-close.ts';
import {
  connectionSubject,
  connectionsPattern,
  MESSAGE_TYPE_HEADER,
  rawSubjectOf,
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

export interface BridgeOutletOptions {
  readonly messages: Messages;
  /** This instance, a plain token. */
  readonly edge: string;
  /** A message from a backend was not delivered. */
  readonly onRejected: (error: BridgeError) => void;
}

/** One subscription for all connections of the edge, and one for each session, user and route with a connection here. */
export function createBridgeOutlet({ messages, edge, onRejected }: BridgeOutletOptions): BridgeOutlet {
  const bySubject = new Map<string, Connection>();
  const shared = createSharedSubscriptions(messages, deliver);
  const misspelled = createSharedSubscriptions<Connection>(messages, (_, message) =>
    reject(message, 'id_not_encoded'),
  );
  const unsubscribe = messages.subscribe(connectionsPattern(edge), (message) => {
    const connection = bySubject.get(message.subject);
    if (connection) deliver(new Set([connection]), message);
  });

  function deliver(connections: ReadonlySet<Connection>, message: Message): void {
    const order = closeOrderOf(message.headers);
    if (order === 'invalid') {
      reject(message, 'close_invalid');
      return;
    }
    if (order) for (const connection of connections) connection.closeWith(order);
    else for (const connection of connections) send(connection, message);
    if (message.reply !== null) answer(messages, message.reply, { edge, connections: connections.size });
  }

  function reject({ reply }: Message, error: BridgeError): void {
    onRejected(error);
    if (reply !== null) answer(messages, reply, errorReply(error));
  }

  return {
    connect(connection, route) {
      const { issuer, session, user } = connection.principal;
      const own = connectionSubject(edge, connection.id);
      const subjects = [sessionSubject(issuer, session), routeSubject(route)];
      const raw = [rawSubjectOf('session', issuer, session)];
      if (user !== null) {
        subjects.push(userSubject(issuer, user));
        raw.push(rawSubjectOf('user', issuer, user));
      }
      const unsubscribes = [
        ...subjects.map((subject) => shared.subscribe(subject, connection)),
        ...raw.flatMap((subject) => (subject === null ? [] : misspelled.subscribe(subject, connection))),
      ];
      bySubject.set(own, connection);
      return () => {
        bySubject.delete(own);
        for (const leave of unsubscribes) leave();
      };
    },
    stop: unsubscribe,
  };
}

function send(connection: Connection, { body, headers }: Message): void {
  const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  connection.send(data, headers[MESSAGE_TYPE_HEADER] === 'binary' || !isUtf8(data));
}
