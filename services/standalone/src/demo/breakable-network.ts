import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Bus, handshakeKeyOf } from '@admit-one/core';
import type { Session } from './session.ts';
import { tapRequests } from './tap-requests.ts';

/** A listener for the `upgrade` event of an HTTP server. */
export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What lies between clients and an edge, where it can be broken. What is cut, the edge sees as cut by the network. */
export interface BreakableNetwork {
  /** For the edge, in place of the bus: it tells here whose connections are whose. */
  readonly bus: Bus;
  /** Stands before the edge's listener. */
  intercept(handleUpgrade: HandleUpgrade): HandleUpgrade;
  /** Cuts the connections of a session as a network that fails does: no close frame. Gives how many there were. */
  cut(session: Session): number;
  /** Cuts all connections, and every one that is tried until the outage is over. Gives how many there were. */
  killEdge(outageMs: number): number;
  /** How long the last outage has been over, in milliseconds; negative while it lasts, infinite where there was none. */
  sinceOutageMs(): number;
}

/** A connection, or what may become one. */
interface TrackedSocket {
  readonly socket: Duplex;
  /** Null until a ticket is reserved for it. */
  session: Session | null;
}

export function breakableNetwork(bus: Bus): BreakableNetwork {
  const links = new Set<TrackedSocket>();
  const byHandshake = new Map<string, TrackedSocket>();
  let outageEndsAt = Number.NEGATIVE_INFINITY;

  const requests = tapRequests(bus.requests, (handshake, { issuer, session }) => {
    const link = byHandshake.get(handshake);
    if (link) link.session = { issuer, session };
  });

  function sinceOutageMs(): number {
    return performance.now() - outageEndsAt;
  }

  function cut(isMeant: (link: TrackedSocket) => boolean): number {
    const meant = [...links].filter(isMeant);
    for (const { socket } of meant) socket.destroy();
    return meant.length;
  }

  return {
    bus: {
      events: bus.events,
      messages: bus.messages,
      requests,
      get connected() {
        return bus.connected;
      },
      close: () => bus.close(),
    },
    intercept: (handleUpgrade) => (request, socket, head) => {
      socket.on('error', expectClose);
      if (sinceOutageMs() < 0) {
        socket.destroy();
        return;
      }
      const handshake = handshakeKeyOf(request.headers['sec-websocket-key']);
      const link: TrackedSocket = { socket, session: null };
      links.add(link);
      byHandshake.set(handshake, link);
      socket.once('close', () => {
        links.delete(link);
        if (byHandshake.get(handshake) === link) byHandshake.delete(handshake);
      });
      handleUpgrade(request, socket, head);
    },
    cut: ({ issuer, session }) =>
      cut((link) => link.session?.issuer === issuer && link.session.session === session),
    killEdge(outageMs) {
      outageEndsAt = performance.now() + outageMs;
      return cut(() => true);
    },
    sinceOutageMs,
  };
}

/** A reset by the client, which would otherwise end the process. */
function expectClose(): void {}
