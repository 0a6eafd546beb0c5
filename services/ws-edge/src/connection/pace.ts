import type { WebSocket } from 'ws';

/** What one client may send on average. Either may be exceeded by a burst of `BURST_SECONDS`. */
export interface PaceLimits {
  readonly maxMessagesPerSecond: number;
  readonly maxBytesPerSecond: number;
}

/** Whose client is held to its pace. */
export interface PacedConnection {
  /** Whether messages have to wait for something other than their own number: the bus. */
  congested(): boolean;
  /** Called each time that the client is paused for its pace. */
  onPaused(): void;
  /** Called once, where the client has been above its pace for `PATIENCE_MS`. */
  onPaceExceeded(): void;
}

const BURST_SECONDS = 2;
const PATIENCE_MS = 10_000;
const CONGESTION_CHECK_MS = 20;

/**
 * Holds a client to its pace: a token bucket for messages and one for bytes, which may be overdrawn, since messages that
 * have arrived together cannot be sent back. While one is overdrawn, or the bus is congested, the WebSocket is not read, and
 * TCP slows the client down. A pace that stays too high is reported; the WebSocket is then not read any more, also while it
 * closes.
 */
export class Pace {
  readonly #webSocket: WebSocket;
  readonly #connection: PacedConnection;
  readonly #limits: PaceLimits;
  #messages: number;
  #bytes: number;
  #filledAt = performance.now();
  #aboveSince: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(webSocket: WebSocket, connection: PacedConnection, limits: PaceLimits) {
    this.#webSocket = webSocket;
    this.#connection = connection;
    this.#limits = limits;
    this.#messages = limits.maxMessagesPerSecond * BURST_SECONDS;
    this.#bytes = limits.maxBytesPerSecond * BURST_SECONDS;
  }

  /** Counts one message, ping or pong. */
  count(size: number): void {
    const now = performance.now();
    const { maxMessagesPerSecond, maxBytesPerSecond } = this.#limits;
    this.#fill(now);
    const isHalfFull =
      this.#messages >= (maxMessagesPerSecond * BURST_SECONDS) / 2 &&
      this.#bytes >= (maxBytesPerSecond * BURST_SECONDS) / 2;
    if (isHalfFull) this.#aboveSince = undefined;
    this.#messages -= 1;
    this.#bytes -= size;
    if (this.#timer || this.#webSocket.isPaused) return;
    const waitMs = this.#waitMs();
    if (waitMs > 0) {
      this.#aboveSince ??= now;
      this.#connection.onPaused();
      this.#pause(waitMs, now);
    } else if (this.#connection.congested()) this.#pause(CONGESTION_CHECK_MS, now);
  }

  /** To be called at the end of the connection. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #fill(now: number): void {
    const seconds = (now - this.#filledAt) / 1000;
    const { maxMessagesPerSecond: messages, maxBytesPerSecond: bytes } = this.#limits;
    this.#messages = Math.min(messages * BURST_SECONDS, this.#messages + seconds * messages);
    this.#bytes = Math.min(bytes * BURST_SECONDS, this.#bytes + seconds * bytes);
    this.#filledAt = now;
  }

  /** How many milliseconds it takes to pay what is overdrawn. */
  #waitMs(): number {
    const { maxMessagesPerSecond, maxBytesPerSecond } = this.#limits;
    const seconds = Math.max(-this.#messages / maxMessagesPerSecond, -this.#bytes / maxBytesPerSecond);
    return Math.max(0, seconds * 1000);
  }

  #pause(waitMs: number, now: number): void {
    const above = this.#aboveSince;
    const patienceMs = above === undefined ? Number.POSITIVE_INFINITY : above + PATIENCE_MS - now;
    this.#webSocket.pause();
    this.#timer = setTimeout(() => this.#goOn(), Math.max(0, Math.min(waitMs, patienceMs)));
    this.#timer.unref();
  }

  #goOn(): void {
    this.#timer = undefined;
    const now = performance.now();
    this.#fill(now);
    const waitMs = this.#waitMs();
    const above = this.#aboveSince;
    const isOpen = this.#webSocket.readyState === this.#webSocket.OPEN;
    if (waitMs > 0 && above !== undefined && now - above >= PATIENCE_MS) this.#connection.onPaceExceeded();
    else if (waitMs > 0) this.#pause(waitMs, now);
    else if (isOpen && this.#connection.congested()) this.#pause(CONGESTION_CHECK_MS, now);
    else this.#webSocket.resume();
  }
}
