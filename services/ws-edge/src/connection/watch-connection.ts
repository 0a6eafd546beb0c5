import type { Reason } from '@admit-one/core';
import type { WebSocket } from 'ws';
import type { TimerWheel } from './timer-wheel.ts';

export interface WatchedLimits {
  readonly heartbeatMs: number;
  readonly lifetimeMs: number;
}

export interface WatchOptions {
  readonly wheel: TimerWheel;
  readonly limits: WatchedLimits;
  /** When the connection expires, by the monotonic clock; infinite for never. It may only grow. */
  readonly expiresAt: () => number;
  /** Called once, for the first of them. */
  readonly onEnd: (reason: Extract<Reason, 'lifetime_reached' | 'session_expired'>) => void;
  /** Called once, where a ping stays without a pong for a whole interval. */
  readonly onUnresponsive: () => void;
}

/** A lifetime is 90 to 100 % of the configured one, so that connections opened together don't reconnect together. */
const LIFETIME_JITTER = 0.1;

/** Pings, and watches over lifetime and expiry. Returns what ends that. */
export function watchConnection(webSocket: WebSocket, options: WatchOptions): () => void {
  const { wheel, limits, expiresAt, onEnd, onUnresponsive } = options;
  const { heartbeatMs } = limits;
  const startedAt = performance.now();
  const endsAt = startedAt + limits.lifetimeMs * (1 - LIFETIME_JITTER * Math.random());
  let pingAt = startedAt + heartbeatMs;
  let answered = true;
  webSocket.on('pong', () => {
    answered = true;
  });

  /** The first due time after one. */
  function nextAt(): number {
    return Math.min(pingAt, endsAt, expiresAt());
  }

  const stop = wheel.add(nextAt() - startedAt, (now) => {
    if (now >= endsAt || now >= expiresAt()) {
      stop();
      onEnd(now >= endsAt ? 'lifetime_reached' : 'session_expired');
    } else if (now >= pingAt && answered) {
      answered = false;
      pingAt = now + heartbeatMs;
      webSocket.ping();
    } else if (now >= pingAt) {
      stop();
      onUnresponsive();
    }
    return nextAt() - now;
  });
  return stop;
}
