import { BusError, type Messages } from '@admit-one/core';
import { type BridgeEvent, headersOf, MESSAGE_TYPE_HEADER } from './bridge-headers.ts';
import type { BridgeOutlet } from './bridge-outlet.ts';
import { connectionSubject, inSubject } from './bridge-subjects.ts';
import type { Route } from './route.ts';

export interface BridgeOptions {
  readonly messages: Messages;
  readonly outlet: BridgeOutlet;
  /** This instance, a plain token. */
  readonly edge: string;
}

/**
 * Joins connections to the bus, at most once each way. A connection whose messages the bus does not take is closed, so
 * that its client knows.
 */
export function createBridge(name: string, { messages, outlet, edge }: BridgeOptions): Route {
  const subject = inSubject(name);
  return {
    name,
    protocols: [],
    open(connection) {
      const speaker = headersOf(connection, edge);
      const reply = connectionSubject(edge, connection.id);

      function tell(
        event: BridgeEvent,
        body: Uint8Array,
        headers: Readonly<Record<string, string>> = {},
      ): void {
        try {
          messages.publish({
            subject,
            body,
            reply,
            headers: { ...speaker, 'Admit-Event': event, ...headers },
          });
        } catch (error) {
          if (!(error instanceof BusError)) throw error;
          connection.close('upstream_unavailable');
        }
      }

      const disconnect = outlet.connect(connection, name);
      tell('opened', NOTHING);
      return {
        message: (data, binary) =>
          tell('message', data, { [MESSAGE_TYPE_HEADER]: binary ? 'binary' : 'text' }),
        closed() {
          disconnect();
          tell('closed', NOTHING);
        },
      };
    },
  };
}

const NOTHING = new Uint8Array();
