import { type ConnectionOptions, openConnection } from './connection.ts';
import type { Connection, ConnectionRecord } from './types.ts';

/** The result of an admitted handshake. */
export type Admitted = Pick<
  ConnectionOptions,
  'id' | 'ticketId' | 'principal' | 'traceparent' | 'webSocket' | 'route'
>;

/** The connections that this edge holds. */
export interface Connections {
  open(admitted: Admitted): Connection;
  readonly count: number;
  all(): readonly Connection[];
  /** Resolves when the last one has ended. */
  empty(): Promise<void>;
}

export interface ConnectionsOptions extends Pick<ConnectionOptions, 'limits'> {
  /** The route of a connection threw: a bug. */
  readonly onError: (error: unknown, admitted: Admitted) => void;
  readonly onOpened: (connection: Connection) => void;
  readonly onMessage: (route: string, direction: 'in' | 'out') => void;
  /** Called once for each connection that was opened. */
  readonly onClosed: (record: ConnectionRecord) => void;
}

/** Tracks the connections from open to close. */
export function createConnections(options: ConnectionsOptions): Connections {
  const { limits, onError, onOpened, onMessage, onClosed } = options;
  const live = new Set<Connection>();
  let whenEmpty: (() => void)[] = [];

  function forget(connection: Connection): void {
    live.delete(connection);
    if (live.size > 0) return;
    for (const resolve of whenEmpty) resolve();
    whenEmpty = [];
  }

  return {
    open(admitted) {
      const connection = openConnection({
        ...admitted,
        limits,
        onError: (error) => onError(error, admitted),
        onMessage: (direction) => onMessage(admitted.route.name, direction),
        onClosed(record) {
          onClosed(record);
          forget(record.connection);
        },
      });
      live.add(connection);
      onOpened(connection);
      return connection;
    },
    get count() {
      return live.size;
    },
    all: () => [...live],
    empty: () => (live.size === 0 ? Promise.resolve() : new Promise((resolve) => whenEmpty.push(resolve))),
  };
}
