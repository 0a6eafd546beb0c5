import { BusError, type Messages } from '@admit-one/core';
import { identityHeaders } from '@admit-one/gate';
import type { BridgeOutlet } from './bridge-outlet.ts';
import { connectionSubject, inSubject, MESSAGE_TYPE_HEADER } from './bridge-subjects.ts';
import type { Route } from './types.ts';

export interface BridgeOptions {
  readonly messages: Messages;
  readonly outlet: BridgeOutlet;
  /** This instance, a plain token. */
  readonly edge: string;
}

/** How many bytes may wait for the bus before bridged clients are not read: less than 100 ms of a slow link. */
const MAX_BACKLOG_BYTES = 1_048_576;

/** A message on `admit.ws.in.<route>`. */
type BridgeEvent = 'opened' | 'message' | 'closed';

/**
 * Connects WebSockets to the bus, at most once each way. A connection whose message the bus does not accept is closed, so
 * that its client notices.
 */
export function createBridge(name: string, { messages, outlet, edge }: BridgeOptions): Route {
  const subject = inSubject(name);
  return {
    name,
    protocols: [],
    open(connection) {
      const { id, principal, ticketId } = connection;
      const identity = identityHeaders('Admit-', { principal, ticketId, connection: id, edge });
      const reply = connectionSubject(edge, id);

      function publish(
        event: BridgeEvent,
        body: Uint8Array,
        headers: Readonly<Record<string, string>> = {},
      ): void {
        try {
          messages.publish({
            subject,
            body,
            reply,
            headers: { ...identity, 'Admit-Event': event, ...headers },
          });
        } catch (error) {
          if (!(error instanceof BusError)) throw error;
          connection.close('upstream_unavailable');
        }
      }

      const unsubscribe = outlet.connect(connection, name);
      publish('opened', NOTHING);
      return {
        congested: () => messages.backlogBytes() > MAX_BACKLOG_BYTES,
        message: (data, binary) =>
          publish('message', data, { [MESSAGE_TYPE_HEADER]: binary ? 'binary' : 'text' }),
        closed() {
          unsubscribe();
          publish('closed', NOTHING);
        },
      };
    },
  };
}

const NOTHING = new Uint8Array();
