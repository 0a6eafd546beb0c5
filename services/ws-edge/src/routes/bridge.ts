import { BusError, type Messages } from '@admit-one/core';
import { identityHeaders } from '@admit-one/gate';
import type { Connection } from '../connection/types.ts';
import { EVENT_HEADER } from './bridge-close.ts';
import type { BridgeOutlet, OutletSubjects } from './bridge-outlet.ts';
import { inSubject, MESSAGE_TYPE_HEADER } from './bridge-subjects.ts';
import type { PlainRoute, RouteSession } from './types.ts';

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
 * that its client notices: as too big, where it is, or because the upstream is unavailable.
 */
export function createBridge(name: string, options: BridgeOptions): PlainRoute {
  const subject = inSubject(name);
  return { name, protocols: [], open: (connection) => new BridgeSession(connection, subject, options) };
}

class BridgeSession implements RouteSession {
  readonly #connection: Connection;
  readonly #subject: string;
  readonly #options: BridgeOptions;
  readonly #subjects: OutletSubjects;
  readonly #identity: Readonly<Record<string, string>>;

  constructor(connection: Connection, subject: string, options: BridgeOptions) {
    const { id, principal, ticketId } = connection;
    const { edge, outlet } = options;
    this.#connection = connection;
    this.#subject = subject;
    this.#options = options;
    this.#identity = identityHeaders('Admit-', { principal, ticketId, connection: id, edge });
    this.#subjects = outlet.connect(connection);
    this.#publish('opened', NOTHING);
  }

  congested(): boolean {
    return this.#options.messages.backlogBytes() > MAX_BACKLOG_BYTES;
  }

  message(data: Buffer, binary: boolean): void {
    this.#publish('message', data, binary ? 'binary' : 'text');
  }

  closed(): void {
    this.#options.outlet.disconnect(this.#connection, this.#subjects);
    this.#publish('closed', NOTHING);
  }

  #publish(event: BridgeEvent, body: Uint8Array, type?: 'binary' | 'text'): void {
    const headers: Record<string, string> = { ...this.#identity, [EVENT_HEADER]: event };
    if (type !== undefined) headers[MESSAGE_TYPE_HEADER] = type;
    const reply = this.#subjects.own;
    try {
      this.#options.messages.publish({ subject: this.#subject, body, reply, headers });
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      this.#connection.close(error.code === 'too_big' ? 'message_too_big' : 'upstream_unavailable');
    }
  }
}

const NOTHING = new Uint8Array();
