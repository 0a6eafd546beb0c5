import type { Listed, Pathway, Principal, Reason } from '@admit-one/core';
import type { CloseOrder } from '@admit-one/ticket-client';
import type { CloseInfo } from './close-info.ts';
import type { ConnectionPlace } from './connection-places.ts';
import type { Lease } from './lease.ts';

/** An admitted WebSocket, as a route sees it. */
export interface Connection {
  readonly id: string;
  readonly ticketId: string;
  readonly principal: Principal;
  readonly pathway: Pathway;
  /** Of the client, as far as it is known. */
  readonly address: string | null;
  /** The name of its route. */
  readonly route: string;
  readonly lease: Lease;
  /** Unix milliseconds. */
  readonly openedAt: number;
  /** False from the begin of its close on. */
  readonly isOpen: boolean;
  /**
   * Sends a message; does nothing where the connection is closing.
   * @param onSent called when the system has taken it, or the connection has ended meanwhile
   */
  send(data: Buffer, binary: boolean, onSent?: () => void): void;
  /** Closes with the code and public code of a reason. */
  close(reason: Reason): void;
  /** Closes on behalf of a backend. */
  closeWith(order: CloseOrder): void;
  /** How many bytes wait to be sent. */
  bufferedBytes(): number;
  /** The same with those of the client's that wait behind its route: what it takes of the edge's memory. */
  heldBytes(): number;
  /** Ends the connection without a close frame, which a client that does not read would never see. */
  drop(reason: Reason): void;
}

/** A connection among those that the edge holds. */
export interface HeldConnection extends Connection, Listed {}

export interface Traffic {
  readonly messages: number;
  /** Payload only. */
  readonly bytes: number;
}

/** The facts of a connection at its end. */
export interface ConnectionRecord {
  readonly connection: HeldConnection;
  readonly traceparent: string | null;
  readonly place: ConnectionPlace;
  readonly closeInfo: CloseInfo;
  readonly durationMs: number;
  readonly received: Traffic;
  readonly sent: Traffic;
}
