import type { AdmitSocket, ClientStatus } from '../admit-socket.ts';

/** Sockets that live for as long as somebody uses them, each known by its key. */
export interface SharedSockets<Target> {
  /**
   * Uses a socket; the first to do so opens it, to its own target.
   * @param changed is called after each change of its status
   * @returns what ends the use. The last to go closes the socket, unless somebody else comes in the same turn.
   */
  readonly use: (key: string, target: Target, changed: () => void) => () => void;
  /** The socket, while it is used. */
  readonly find: (key: string) => AdmitSocket | undefined;
  /** The same object until it changes. */
  readonly statusOf: (key: string) => ClientStatus;
}

/** What there is to say of a socket that nobody uses. */
export const idleStatus: ClientStatus = { state: 'idle', reason: null, nextRetryAt: null, ticketId: null };

interface Shared {
  readonly socket: AdmitSocket;
  readonly users: Set<() => void>;
  status: ClientStatus;
}

export function createSharedSockets<Target>(open: (target: Target) => AdmitSocket): SharedSockets<Target> {
  const opened = new Map<string, Shared>();

  function share(key: string, target: Target): Shared {
    const shared: Shared = { socket: open(target), users: new Set(), status: idleStatus };
    shared.socket.addEventListener('statechange', ({ detail }) => {
      shared.status = detail;
      for (const changed of shared.users) changed();
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
    use(key, target, changed) {
      const { users } = opened.get(key) ?? share(key, target);
      // A user of its own, even where two come with the same function.
      const user = () => changed();
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
