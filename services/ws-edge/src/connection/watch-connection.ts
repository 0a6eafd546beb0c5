import type { Reason } from '@admit-one/core';
import type { WebSocket } from 'ws';
import type { Due, TimerWheel } from './timer-wheel.ts';

export interface WatchedLimits {
  readonly heartbeatMs: number;
  readonly lifetimeMs: number;
}

/** Whose heartbeat, lifetime and expiry are watched. */
export interface WatchedConnection {
  /** When the connection expires, by the monotonic clock; infinite for never. It may only grow. */
  readonly expiresAt: number;
  /** Called once, for the first of them. */
  onEnd(reason: Extract<Reason, 'lifetime_reached' | 'session_expired'>): void;
  /** Called once, where nothing has come for a whole interval after a ping, and the WebSocket is read. */
  onUnresponsive(): void;
}

/** A lifetime is 90 to 100 % of the configured one, so that connections opened together don't reconnect together. */
const LIFETIME_JITTER = 0.1;

/** Pings, and watches over lifetime and expiry, from its creation until it is stopped. */
export class ConnectionWatch implements Due {
  tick: number | null = null;
  readonly #webSocket: Pick<WebSocket, 'ping' | 'isPaused'>;
  readonly #connection: WatchedConnection;
  readonly #wheel: TimerWheel;
  readonly #heartbeatMs: number;
  readonly #endsAt: number;
  #pingAt: number;
  #answered = true;
  /** Whether anything has come since the last ping. */
  #heard = true;

  constructor(
    webSocket: Pick<WebSocket, 'ping' | 'isPaused'>,
    connection: WatchedConnection,
    wheel: TimerWheel,
    { heartbeatMs, lifetimeMs }: WatchedLimits,
  ) {
    const now = performance.now();
    this.#webSocket = webSocket;
    this.#connection = connection;
    this.#wheel = wheel;
    this.#heartbeatMs = heartbeatMs;
    this.#endsAt = now + lifetimeMs * (1 - LIFETIME_JITTER * Math.random());
    this.#pingAt = now + heartbeatMs;
    wheel.add(this, this.#nextAt() - now);
  }

  /** Something has come: it lives. */
  hear(): void {
    this.#heard = true;
  }

  /** A pong has come. @returns whether it is the answer to a ping: each has one */
  takeAnswer(): boolean {
    this.#heard = true;
    const isAnswer = !this.#answered;
    this.#answered = true;
    return isAnswer;
  }

  stop(): void {
    this.#wheel.remove(this);
  }

  look(now: number): number {
    const connection = this.#connection;
    if (now >= this.#endsAt || now >= connection.expiresAt) {
      this.stop();
      connection.onEnd(now >= this.#endsAt ? 'lifetime_reached' : 'session_expired');
    } else if (now >= this.#pingAt && this.#heard) {
      this.#heard = false;
      this.#answered = false;
      this.#pingAt = now + this.#heartbeatMs;
      this.#webSocket.ping();
    } else if (now >= this.#pingAt && this.#webSocket.isPaused) {
      // The pong waits in the socket.
      this.#pingAt = now + this.#heartbeatMs;
    } else if (now >= this.#pingAt) {
      this.stop();
      connection.onUnresponsive();
    }
    return this.#nextAt() - now;
  }

  /** The first due time after one. */
  #nextAt(): number {
    return Math.min(this.#pingAt, this.#endsAt, this.#connection.expiresAt);
  }
}
