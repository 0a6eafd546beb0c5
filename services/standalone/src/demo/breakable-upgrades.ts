import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handshakeKeyOf } from '@admit-one/core';

/** A listener for the `upgrade` event of an HTTP server. */
export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What goes on between clients and an edge, where it can be broken. */
export interface BreakableUpgrades {
  readonly handleUpgrade: HandleUpgrade;
  /** Cuts the connections of these handshakes, as a network that fails does: no close frame. Gives how many there were. */
  cut(handshakes: ReadonlySet<string>): number;
  /** Cuts all connections, and every one that is tried until the outage is over. Gives how many there were. */
  kill(outageMs: number): number;
  /** How long the last outage has been over, in milliseconds; negative while it lasts, infinite where there was none. */
  sinceOutageMs(): number;
}

/** Stands before an edge. What is cut, the edge sees as cut by the network, and reports so. */
export function breakableUpgrades(handleUpgrade: HandleUpgrade): BreakableUpgrades {
  const handshakes = new Map<Duplex, string>();
  let outageEndsAt = Number.NEGATIVE_INFINITY;

  const sinceOutageMs = () => performance.now() - outageEndsAt;

  function cut(which: (handshake: string) => boolean): number {
    const meant = [...handshakes].filter(([, handshake]) => which(handshake));
    for (const [socket] of meant) socket.destroy();
    return meant.length;
  }

  return {
    handleUpgrade(request, socket, head) {
      socket.on('error', expectClose);
      if (sinceOutageMs() < 0) {
        socket.destroy();
        return;
      }
      handshakes.set(socket, handshakeKeyOf(request.headers['sec-websocket-key']));
      socket.once('close', () => handshakes.delete(socket));
      handleUpgrade(request, socket, head);
    },
    cut: (meant) => cut((handshake) => meant.has(handshake)),
    kill(outageMs) {
      outageEndsAt = performance.now() + outageMs;
      return cut(() => true);
    },
    sinceOutageMs,
  };
}

/** A reset by the client, which would otherwise end the process. */
function expectClose(): void {}
