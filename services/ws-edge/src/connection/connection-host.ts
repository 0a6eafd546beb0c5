import type { Pathway, Principal, StoreClock } from '@admit-one/core';
import type { RouteHandler } from '../routes/types.ts';
import type { ConnectionPlace } from './connection-places.ts';
import type { EdgeWebSocket } from './edge-web-socket.ts';
import type { LeaseRules } from './lease.ts';
import type { PaceLimits } from './pace.ts';
import type { TimerWheel } from './timer-wheel.ts';
import type { ConnectionRecord } from './types.ts';
import type { WatchedLimits } from './watch-connection.ts';

export interface ConnectionLimits extends PaceLimits, WatchedLimits, LeaseRules {
  readonly maxBufferedBytes: number;
}

/** The result of an admitted handshake. */
export interface Admitted {
  readonly id: string;
  readonly ticketId: string;
  readonly principal: Principal;
  /** How the client was admitted. */
  readonly pathway: Pathway;
  /** Of the client, as far as it is known. */
  readonly address: string | null;
  /** Of the handshake, for the event at its end. */
  readonly traceparent: string | null;
  /** Paused until the route takes it, and without automatic pongs. */
  readonly webSocket: EdgeWebSocket;
  readonly route: RouteHandler;
  readonly place: ConnectionPlace;
}

/** What the connections of an edge share. */
export interface ConnectionHost {
  readonly limits: ConnectionLimits;
  readonly clock: StoreClock;
  readonly wheel: TimerWheel;
  readonly onMessage: (route: string, direction: 'in' | 'out') => void;
  /** The client sends faster than its limits, and is not read for a moment. */
  readonly onPaused: (route: string) => void;
  /** Called when this many more bytes wait to be sent, as far as is known between two messages. */
  readonly onBuffered: (bytes: number) => void;
  /** The route of a connection threw: a bug. */
  readonly onError: (error: unknown, connection: Pick<Admitted, 'id' | 'traceparent'>) => void;
  /** Called once for each connection that was opened. */
  readonly onClosed: (record: ConnectionRecord) => void;
}
