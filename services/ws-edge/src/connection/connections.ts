import { UnorderedList } from '@admit-one/core';
import { openConnection } from './connection.ts';
import type { Admitted, ConnectionHost, ConnectionLimits } from './connection-host.ts';
import { createTimerWheel } from './timer-wheel.ts';
import type { Connection, HeldConnection } from './types.ts';

/** The connections that this edge holds. */
export interface Connections {
  open(admitted: Admitted): Connection;
  readonly count: number;
  all(): readonly Connection[];
  /** The one that a ticket has admitted. */
  ofTicket(ticketId: string): Connection | undefined;
  /** Resolves when the last one has ended. */
  empty(): Promise<void>;
}

export interface ConnectionsOptions extends Omit<ConnectionHost, 'limits' | 'wheel' | 'onBuffered'> {
  readonly limits: ConnectionLimits & {
    /** Of all connections together. */
    readonly maxTotalBufferedBytes: number;
  };
  readonly onOpened: (connection: Connection) => void;
}

/** Tracks the connections from open to close. */
export function createConnections(options: ConnectionsOptions): Connections {
  const { limits, onOpened, onClosed } = options;
  const host: ConnectionHost = {
    ...options,
    wheel: createTimerWheel(),
    onBuffered: addBuffered,
    onClosed(record) {
      onClosed(record);
      forget(record.connection);
    },
  };
  const live = new UnorderedList<HeldConnection>();
  // Not a Map: tables that V8 has replaced would keep what has ended, as in core's `UnorderedList`.
  const byTicket: Record<string, Connection> = Object.create(null);
  /** At most too high: what was sent since a connection's last message is not known. */
  let buffered = 0;
  let whenEmpty: (() => void)[] = [];

  function addBuffered(bytes: number): void {
    buffered += bytes;
    if (bytes > 0 && buffered > limits.maxTotalBufferedBytes) dropSlowest();
  }

  /** Brings the sum up to date. Where it is too high, drops those who hold most, down to nine tenths. */
  function dropSlowest(): void {
    const slowestFirst = live.members
      .map((connection) => ({ connection, bytes: connection.heldBytes() }))
      .sort((one, other) => other.bytes - one.bytes);
    if (buffered <= limits.maxTotalBufferedBytes) return;
    let rest = buffered;
    for (const { connection, bytes } of slowestFirst) {
      if (rest <= 0.9 * limits.maxTotalBufferedBytes) break;
      rest -= bytes;
      connection.drop('reader_slow');
    }
  }

  function forget(connection: HeldConnection): void {
    live.delete(connection);
    if (byTicket[connection.ticketId] === connection) delete byTicket[connection.ticketId];
    if (live.members.length > 0) return;
    for (const resolve of whenEmpty) resolve();
    whenEmpty = [];
  }

  return {
    open(admitted) {
      const connection = openConnection(admitted, host);
      live.add(connection);
      byTicket[connection.ticketId] = connection;
      onOpened(connection);
      return connection;
    },
    get count() {
      return live.members.length;
    },
    all: () => [...live.members],
    ofTicket: (ticketId) => byTicket[ticketId],
    empty: () =>
      live.members.length === 0 ? Promise.resolve() : new Promise((resolve) => whenEmpty.push(resolve)),
  };
}
