import type { Pathway, Principal, StoreClock } from '@admit-one/core';
import type { WebSocket } from 'ws';
import type { Route, RouteSession } from '../routes/types.ts';
import {
  ABNORMAL_CLOSURE,
  type CloseInfo,
  closedBecause,
  closedByError,
  closedByPeer,
  UNRESPONSIVE,
} from './close-info.ts';
import { heartbeatAnswer, isHeartbeat } from './heartbeat.ts';
import { Lease, type LeaseRules } from './lease.ts';
import { keepPace, type PaceLimits } from './pace.ts';
import { answerPings } from './ping-limiter.ts';
import type { TimerWheel } from './timer-wheel.ts';
import type { Connection, ConnectionRecord } from './types.ts';
import { type WatchedLimits, watchConnection } from './watch-connection.ts';

export interface ConnectionLimits extends PaceLimits, WatchedLimits, LeaseRules {
  readonly maxBufferedBytes: number;
}

export interface ConnectionOptions {
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
  readonly webSocket: WebSocket;
  readonly route: Route;
  readonly limits: ConnectionLimits;
  readonly clock: StoreClock;
  readonly wheel: TimerWheel;
  readonly onMessage: (direction: 'in' | 'out') => void;
  /** The client sends faster than its limits, and is not read for a moment. */
  readonly onPaused: () => void;
  /** Called when this many more bytes wait to be sent, as far as is known between two messages. */
  readonly onBuffered: (bytes: number) => void;
  /** A route threw: a bug. */
  readonly onError: (error: unknown) => void;
  readonly onClosed: (record: ConnectionRecord) => void;
}

/**
 * Hands an admitted WebSocket to its route, and enforces heartbeat, lifetime, pace and the limit of its send buffer.
 * `onClosed` is called exactly once.
 */
export function openConnection(options: ConnectionOptions): Connection {
  const { id, ticketId, principal, pathway, address, traceparent, webSocket, route, limits } = options;
  const { clock, wheel } = options;
  const { onMessage, onPaused, onBuffered, onError, onClosed } = options;
  const openedAt = performance.now();
  const lease = new Lease(route.name, principal, limits, clock);
  const received = { messages: 0, bytes: 0 };
  const sent = { messages: 0, bytes: 0 };
  let closeInfo: CloseInfo | undefined;
  let session: RouteSession | undefined;
  let knownBuffered = 0;

  const connection: Connection = {
    id,
    ticketId,
    principal,
    pathway,
    address,
    route: route.name,
    lease,
    send(data, binary) {
      if (webSocket.readyState !== webSocket.OPEN) return;
      if (webSocket.bufferedAmount > limits.maxBufferedBytes) return connection.close('reader_slow');
      count(sent, data);
      onMessage('out');
      webSocket.send(data, { binary });
      updateBuffered();
    },
    bufferedBytes: updateBuffered,
    drop(reason) {
      closeInfo ??= closedBecause(reason);
      webSocket.terminate();
    },
    close: (reason) => close(closedBecause(reason)),
    closeWith: (order) => close({ ...order, initiator: 'backend', reason: null }),
    isOpen: () => webSocket.readyState === webSocket.OPEN,
    openedAt: Date.now(),
  };

  function close(info: CloseInfo): void {
    if (webSocket.readyState !== webSocket.OPEN) return;
    closeInfo ??= info;
    webSocket.close(closeInfo.code, closeInfo.text);
  }

  function updateBuffered(bytes = webSocket.bufferedAmount): number {
    onBuffered(bytes - knownBuffered);
    knownBuffered = bytes;
    return bytes;
  }

  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      onError(error);
      connection.close('internal');
    }
  }

  function finish(code: number, text: string): void {
    unwatch();
    updateBuffered(0);
    closeInfo ??= closedByPeer(code, text);
    guarded(() => session?.closed());
    const durationMs = Math.round(performance.now() - openedAt);
    onClosed({ connection, traceparent, closeInfo, durationMs, received, sent });
  }

  const unwatch = watchConnection(webSocket, {
    wheel,
    limits,
    expiresAt: () => lease.endsAt,
    onEnd: connection.close,
    onUnresponsive() {
      closeInfo ??= UNRESPONSIVE;
      webSocket.terminate();
    },
  });

  const pace = keepPace(webSocket, {
    limits,
    congested: () => session?.congested?.() ?? false,
    onPaused,
    onExceeded: () => connection.close('message_rate'),
  });
  webSocket.on('ping', (data) => pace.count(data.length));
  webSocket.on('pong', (data) => pace.count(data.length));
  const answer = answerPings(webSocket, () => connection.close('message_rate'));

  webSocket.on('error', (error) => {
    closeInfo ??= closedByError(error);
  });
  webSocket.once('close', (code, text) => finish(code, text.toString()));
  webSocket.on('message', (data, binary) => {
    if (!Buffer.isBuffer(data)) return;
    pace.count(data.length);
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (!binary && isHeartbeat(webSocket, data)) return answer(heartbeatAnswer(lease));
    count(received, data);
    onMessage('in');
    guarded(() => session?.message(data, binary));
  });
  guarded(() => {
    session = route.open(connection);
  });
  if (webSocket.readyState === webSocket.CLOSED) queueMicrotask(() => finish(ABNORMAL_CLOSURE, ''));
  webSocket.resume();
  return connection;
}

function count(traffic: { messages: number; bytes: number }, data: Buffer): void {
  traffic.messages += 1;
  traffic.bytes += data.length;
}
