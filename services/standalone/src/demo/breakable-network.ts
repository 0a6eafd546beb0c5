import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Bus, handshakeKeyOf } from '@admit-one/core';
import type { Session } from './session-events.ts';
import { tapRequests } from './tap-requests.ts';

/** A listener for the `upgrade` event of an HTTP server. */
export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Cuts connections between clients and an edge. To the edge a cut looks like a network failure. */
export interface BreakableNetwork {
  /** The bus for the edge. Its reservations show which connection belongs to which session. */
  readonly bus: Bus;
  /** Wraps the edge's listener. */
  intercept(handleUpgrade: HandleUpgrade): HandleUpgrade;
  /** Cuts the connections of a session without a close frame. Returns their number. */
  cut(session: Session): number;
  /** Cuts all connections, and every new one until the outage is over. Returns the number of open ones. */
  killEdge(outageMs: number): number;
  /** Milliseconds since the end of the last outage: negative during one, infinite before the first. */
  sinceOutageMs(): number;
}

interface TrackedSocket {
  readonly socket: Duplex;
  /** Null until a ticket is reserved for its handshake. */
  session: Session | null;
}

export function breakableNetwork(bus: Bus): BreakableNetwork {
  const sockets = new Set<TrackedSocket>();
  const byHandshake = new Map<string, TrackedSocket>();
  let outageEndsAt = Number.NEGATIVE_INFINITY;

  const requests = tapRequests(bus.requests, (handshake, { issuer, session }) => {
    const tracked = byHandshake.get(handshake);
    if (tracked) tracked.session = { issuer, session };
  });

  function sinceOutageMs(): number {
    return performance.now() - outageEndsAt;
  }

  function cut(isAffected: (tracked: TrackedSocket) => boolean): number {
    const affected = [...sockets].filter(isAffected);
    for (const { socket } of affected) socket.destroy();
    return affected.length;
  }

  return {
    bus: {
      events: bus.events,
      messages: bus.messages,
      requests,
      shared: bus.shared,
      get connected() {
        return bus.connected;
      },
      close: () => bus.close(),
    },
    intercept: (handleUpgrade) => (request, socket, head) => {
      socket.on('error', ignoreError);
      if (sinceOutageMs() < 0) {
        socket.destroy();
        return;
      }
      const handshake = handshakeKeyOf(request.headers['sec-websocket-key']);
      const tracked: TrackedSocket = { socket, session: null };
      sockets.add(tracked);
      byHandshake.set(handshake, tracked);
      socket.once('close', () => {
        sockets.delete(tracked);
        if (byHandshake.get(handshake) === tracked) byHandshake.delete(handshake);
      });
      handleUpgrade(request, socket, head);
    },
    cut: ({ issuer, session }) =>
      cut((tracked) => tracked.session?.issuer === issuer && tracked.session.session === session),
    killEdge(outageMs) {
      outageEndsAt = performance.now() + outageMs;
      return cut(() => true);
    },
    sinceOutageMs,
  };
}

/** Without a listener, a reset by the client would end the process. */
function ignoreError(): void {}
