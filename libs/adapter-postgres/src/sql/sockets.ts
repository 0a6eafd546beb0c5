import { once } from 'node:events';
import { Socket } from 'node:net';

/** The sockets of a pool's connections. */
export interface Sockets {
  /** Makes one that is not connected yet. */
  make(): Socket;
  /** Resolves when all are closed. Those that are not by themselves, within the time, are cut. */
  closed(withinMs: number): Promise<void>;
}

/**
 * Keeps the sockets that it makes, because the pool does not wait for its connections to close, and a server that has
 * stopped never answers a goodbye.
 */
export function createSockets(): Sockets {
  const open = new Set<Socket>();
  return {
    make() {
      const socket = new Socket();
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      return socket;
    },
    async closed(withinMs) {
      const cut = setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, withinMs);
      await Promise.all([...open].map((socket) => once(socket, 'close')));
      clearTimeout(cut);
    },
  };
}
