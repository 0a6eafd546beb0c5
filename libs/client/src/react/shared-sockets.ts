import type { AdmitSocket, ClientStatus } from '../admit-socket.ts';

/** Reference-counted sockets by key. */
export interface SharedSockets<Options> {
  /**
   * Uses a socket. The first user opens it.
   * @param onChange called after each change of its status
   * @returns a function that ends the use. The last user closes the socket, unless there is a new one in the same turn.
   */
  readonly use: (key: string, options: Options, onChange: () => void) => () => void;
  /** The socket while it is in use. */
  readonly find: (key: string) => AdmitSocket | undefined;
  /** Returns the same object until the status changes. */
  readonly statusOf: (key: string) => ClientStatus;
}

/** The status of a socket that is not in use. */
export const idleStatus: ClientStatus = { state: 'idle', reason: null, nextRetryAt: null, ticketId: null };

interface Shared {
  readonly socket: AdmitSocket;
  readonly users: Set<() => void>;
  status: ClientStatus;
}

export function createSharedSockets<Options>(
  open: (options: Options) => AdmitSocket,
): SharedSockets<Options> {
  const opened = new Map<string, Shared>();

  function share(key: string, options: Options): Shared {
    const shared: Shared = { socket: open(options), users: new Set(), status: idleStatus };
    shared.socket.addEventListener('statechange', ({ detail }) => {
      shared.status = detail;
      for (const onChange of shared.users) onChange();
    });
    opened.set(key, shared);
    return shared;
  }

  function closeUnused(key: string): void {
    const shared = opened.get(key);
    if (shared?.users.size !== 0) return;
    opened.delete(key);
    shared.socket.close();
  }

  return {
    use(key, options, onChange) {
      const { users } = opened.get(key) ?? share(key, options);
      // A new function: two users may pass the same one.
      const user = () => onChange();
      users.add(user);
      return () => {
        users.delete(user);
        queueMicrotask(() => closeUnused(key));
      };
    },
    find: (key) => opened.get(key)?.socket,
    statusOf: (key) => opened.get(key)?.status ?? idleStatus,
  };
}
