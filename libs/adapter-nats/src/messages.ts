import type { Message, Messages } from '@admit-one/core';
import type { Msg, MsgHdrs } from '@nats-io/nats-core';
import { MsgHdrsImpl } from '@nats-io/nats-core/internal';
import type { ReconnectingConnection } from './connection/reconnecting-connection.ts';
import { subscribe } from './connection/subscription.ts';
import { toBusError } from './errors.ts';
import { assertPattern, assertSubject } from './subjects.ts';

/** The status that NATS itself sends to the reply subject of a message to which nobody has subscribed. */
const NO_RESPONDERS = 503;

/** Publish and subscribe on core NATS. A subscription survives reconnects until it is ended. */
export function createMessages(
  connection: ReconnectingConnection,
  onError: (error: unknown) => void,
): Messages {
  return {
    publish(message) {
      const { subject, body, reply } = message;
      assertSubject(subject);
      if (reply !== null) assertSubject(reply);
      const headers = encodeHeaders(message.headers);
      const { nc } = connection.live();
      try {
        nc.publish(subject, body, { ...(headers && { headers }), ...(reply !== null && { reply }) });
      } catch (error) {
        throw toBusError(error, `publishing to ${subject}`);
      }
    },
    backlogBytes: () => connection.backlogBytes,
    subscribe(subject, handler) {
      assertPattern(subject);
      const deliver = (message: Msg) => {
        if (message.headers?.code !== NO_RESPONDERS) handler(decode(message));
      };
      return subscribe({ connection, subject, deliver, onError }).unsubscribe;
    },
  };
}

/** @throws {TypeError} if a header contains a line break */
function encodeHeaders(given: Readonly<Record<string, string>>): MsgHdrs | undefined {
  const entries = Object.entries(given);
  if (entries.length === 0) return undefined;
  const lists: Record<string, string[]> = {};
  for (const [name, value] of entries) {
    if (!/^[!-9;-~]+$/.test(name) || /[\r\n]/.test(value))
      throw new TypeError(`${JSON.stringify(name)} is no header's name, or its value has a line break`);
    lists[name] = [value];
  }
  // Setting them one by one would compare each with all before it.
  return MsgHdrsImpl.fromRecord(lists);
}

function decode({ subject, data, headers, reply }: Msg): Message {
  const decoded = Array.from(headers ?? [], ([name, values]) => [name, values.at(-1) ?? '']);
  return { subject, body: data, headers: Object.fromEntries(decoded), reply: reply || null };
}
