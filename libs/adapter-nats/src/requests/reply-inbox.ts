import { BusError } from '@admit-one/core';
import { createInbox, type Msg, type PermissionViolationError } from '@nats-io/nats-core';
import type { ReconnectingConnection } from '../connection/reconnecting-connection.ts';
import { type RestoredSubscription, subscribe } from '../connection/subscription.ts';
import { toBusError } from '../errors.ts';

/** A message that was sent and waits for its reply. One of the two is called, once. */
export interface Asked {
  /** Where it was sent. */
  readonly subject: string;
  reply(message: Msg): void;
  fail(error: BusError): void;
}

/** Where the replies to all requests of a connection arrive: one subscription, made at the first request. */
export interface ReplyInbox {
  /**
   * Sends a message whose reply is awaited until it is forgotten.
   * @returns what to forget it by
   * @throws {BusError} where it was not sent
   */
  ask(asked: Asked, payload: Uint8Array): string;
  forget(token: string): void;
  /** Fails what still waits, and sends no more. */
  close(): void;
}

/** What NATS itself replies where nobody has subscribed. */
const NO_RESPONDERS = 503;

export function createReplyInbox(
  connection: ReconnectingConnection,
  prefix: string,
  onError: (error: unknown) => void,
): ReplyInbox {
  const inbox = `${createInbox(prefix)}.`;
  const waiting = new Map<string, Asked>();
  let subscription: RestoredSubscription | undefined;
  let count = 0;
  let closed = false;

  function take(message: Msg): void {
    const token = message.subject.slice(inbox.length);
    const asked = waiting.get(token);
    if (!asked) return;
    waiting.delete(token);
    if (message.data.length === 0 && message.headers?.code === NO_RESPONDERS)
      asked.fail(new BusError('no_responders', `asking ${asked.subject}: nobody serves it`));
    else asked.reply(message);
  }

  /** Without the inbox none gets a reply. The next request subscribes again: the permission may be given meanwhile. */
  function failAll(error: Error): void {
    subscription?.unsubscribe();
    subscription = undefined;
    const all = [...waiting.values()];
    waiting.clear();
    for (const asked of all) asked.fail(toBusError(error, `asking ${asked.subject}`));
  }

  /** The server doesn't say which message it denied: one of those to the subject. */
  function failOne(denial: PermissionViolationError): void {
    for (const [token, asked] of waiting)
      if (asked.subject === denial.subject) {
        waiting.delete(token);
        asked.fail(toBusError(denial, `asking ${asked.subject}`));
        return;
      }
  }

  connection.onDenied((denial) => {
    if (denial.operation === 'publish') failOne(denial);
    else if (denial.subject === `${inbox}*`) failAll(denial);
  });

  return {
    ask(asked, payload) {
      const { nc } = connection.live();
      if (closed) throw new BusError('disconnected', 'the bus is closed');
      subscription ??= subscribe({ connection, subject: `${inbox}*`, deliver: take, onError });
      count += 1;
      const token = count.toString(36);
      try {
        nc.publish(asked.subject, payload, { reply: inbox + token });
      } catch (error) {
        throw toBusError(error, `asking ${asked.subject}`);
      }
      waiting.set(token, asked);
      return token;
    },
    forget(token) {
      waiting.delete(token);
    },
    close() {
      closed = true;
      failAll(new BusError('timeout', 'the bus was closed before a reply came'));
    },
  };
}
