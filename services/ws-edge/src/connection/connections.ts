import { type Reporter, reasonRow } from '@admit-one/core';
import { type Logger, logAt } from '@admit-one/runtime';
import type { EdgeMetrics } from '../edge-metrics.ts';
import {
  type ConnectionLimits,
  type ConnectionOptions,
  type ConnectionRecord,
  type LiveConnection,
  openConnection,
} from './connection.ts';

/** What a handshake has won. */
export type Admitted = Pick<ConnectionOptions, 'id' | 'ticketId' | 'principal' | 'webSocket' | 'route'> & {
  readonly traceparent: string | null;
};

/** The connections that this edge holds. */
export interface Connections {
  open(admitted: Admitted): LiveConnection;
  readonly count: number;
  all(): readonly LiveConnection[];
  /** Resolves when the last one has ended. */
  empty(): Promise<void>;
}

export interface ConnectionsOptions {
  readonly limits: ConnectionLimits;
  readonly reporter: Reporter;
  readonly log: Logger;
  readonly metrics: EdgeMetrics;
}

/** Keeps the connections, and tells the end of each: one event and one line in the log. */
export function createConnections({ limits, reporter, log, metrics }: ConnectionsOptions): Connections {
  const live = new Set<LiveConnection>();
  let whenEmpty: (() => void)[] = [];

  function closed(record: ConnectionRecord, traceparent: string | null): void {
    const { connection, ending, durationMs, received, sent } = record;
    const { id, ticketId, principal, route } = connection;
    live.delete(connection);
    metrics.connectionClosed(route);
    reporter.report({
      type: 'admit.connection.closed',
      subject: id,
      traceparent,
      data: {
        connection: id,
        ticketId,
        principal,
        route,
        ...ending,
        durationMs: Math.round(durationMs),
        messagesIn: received.messages,
        bytesIn: received.bytes,
        messagesOut: sent.messages,
        bytesOut: sent.bytes,
      },
    });
    const { code, initiator, cause } = ending;
    const facts = { connection: id, route, code, initiator, cause, durationMs: Math.round(durationMs) };
    logAt(log, cause === null ? 'INFO' : reasonRow(cause).severity, facts, 'websocket_closed');
    if (live.size > 0) return;
    for (const resolve of whenEmpty) resolve();
    whenEmpty = [];
  }

  return {
    open({ traceparent, ...admitted }) {
      const connection = openConnection({
        ...admitted,
        limits,
        onMessage: (direction) => metrics.message(admitted.route.name, direction),
        onFault: (error) => log.fatal({ err: error, connection: admitted.id }, 'route_failed'),
        onClosed: (record) => closed(record, traceparent),
      });
      live.add(connection);
      metrics.connectionOpened(connection.route);
      return connection;
    },
    get count() {
      return live.size;
    },
    all: () => [...live],
    empty: () => (live.size === 0 ? Promise.resolve() : new Promise((resolve) => whenEmpty.push(resolve))),
  };
}
