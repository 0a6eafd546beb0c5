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
  /** Delivers the messages for a connection to it. */
  connect(connection: Connection): OutletSubjects;
  /** @param subjects as `connect` has returned them */
  disconnect(connection: Connection, subjects: OutletSubjects): void;
  stop(): void;
}

/** Where the messages for one connection arrive. */
export interface OutletSubjects {
  /** Of the connection alone. */
  readonly own: string;
  readonly shared: readonly string[];
  /** Where senders who have not encoded an id send to. */
  readonly misspelled: readonly string[];
}

export interface BridgeOutletOptions {
  readonly messages: Messages;
  /** This instance, a plain token. */
  readonly edge: string;
  /** A message from a backend was not delivered. */
  readonly onRejected: (error: BridgeError) => void;
}

/** Reconnecting takes seconds. The bound is some 20 MB, here and in the server of NATS. */
const LINGERING = { lingerMs: 30_000, maxLingering: 10_000 };

/**
 * One subscription for all connections of the edge, and one for each session, user and route with a connection here, or
 * with one in the last 30 s.
 */
export function createBridgeOutlet({ messages, edge, onRejected }: BridgeOutletOptions): BridgeOutlet {
  const bySubject = new Map<string, Connection>();
  const shared = createSharedSubscriptions(messages, deliver, LINGERING);
  const misspelled = createSharedSubscriptions<Connection>(
    messages,
    (_, message) => reject(message, 'id_not_encoded'),
    LINGERING,
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
    connect(connection) {
      const subjects = subjectsOf(connection, edge);
      bySubject.set(subjects.own, connection);
      for (const subject of subjects.shared) shared.join(subject, connection);
      for (const subject of subjects.misspelled) misspelled.join(subject, connection);
      return subjects;
    },
    disconnect(connection, subjects) {
      bySubject.delete(subjects.own);
      for (const subject of subjects.shared) shared.leave(subject, connection);
      for (const subject of subjects.misspelled) misspelled.leave(subject, connection);
    },
    stop() {
      unsubscribe();
      shared.stop();
      misspelled.stop();
    },
  };
}

const NONE: readonly string[] = [];

function subjectsOf({ id, principal, route }: Connection, edge: string): OutletSubjects {
  const { issuer, session, user } = principal;
  const ofSession = sessionSubject(issuer, session);
  const misspelled = [
    rawSubjectOf('session', issuer, session),
    user === null ? null : rawSubjectOf('user', issuer, user),
  ].filter((subject) => subject !== null);
  return {
    own: connectionSubject(edge, id),
    shared:
      user === null
        ? [ofSession, routeSubject(route)]
        : [ofSession, routeSubject(route), userSubject(issuer, user)],
    misspelled: misspelled.length === 0 ? NONE : misspelled,
  };
}

function send(connection: Connection, { body, headers }: Message): void {
  const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  connection.send(data, headers[MESSAGE_TYPE_HEADER] === 'binary' || !isUtf8(data));
}
