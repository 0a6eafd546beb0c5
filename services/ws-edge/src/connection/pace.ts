import type { WebSocket } from 'ws';

/** What one client may send on average. Either may be exceeded by a burst of `BURST_SECONDS`. */
export interface PaceLimits {
  readonly maxMessagesPerSecond: number;
  readonly maxBytesPerSecond: number;
}

export interface PaceOptions {
  readonly limits: PaceLimits;
  /** Whether messages have to wait for something other than their own number: the bus. */
  readonly congested: () => boolean;
  /** Called each time that the client is paused for its pace. */
  readonly onPaused: () => void;
  /** Called once, where the client has been above its pace for `PATIENCE_MS`. */
  readonly onExceeded: () => void;
}

/** Counts what clients send. */
export interface Pace {
  /** Counts one message, ping or pong. */
  count(bytes: number): void;
}

const BURST_SECONDS = 2;
const PATIENCE_MS = 10_000;
const CONGESTION_CHECK_MS = 20;

/**
 * Holds a client to its pace: a token bucket for messages and one for bytes. While one is overdrawn, or the bus is
 * congested, the WebSocket is not read, and TCP slows the client down. A pace that stays too high is reported.
 */
export function keepPace(webSocket: WebSocket, options: PaceOptions): Pace {
  const { limits, congested, onPaused, onExceeded } = options;
  const messages = createBucket(limits.maxMessagesPerSecond);
  const bytes = createBucket(limits.maxBytesPerSecond);
  let aboveSince: number | undefined;
  let timer: NodeJS.Timeout | undefined;

  function count(size: number): void {
    const now = performance.now();
    if (messages.atEase(now) && bytes.atEase(now)) aboveSince = undefined;
    const waitMs = Math.max(messages.take(1, now), bytes.take(size, now));
    if (timer || webSocket.readyState !== webSocket.OPEN) return;
    if (waitMs > 0) {
      aboveSince ??= now;
      onPaused();
      pause(waitMs, now);
    } else if (congested()) pause(CONGESTION_CHECK_MS, now);
  }

  function pause(waitMs: number, now: number): void {
    const patienceMs = aboveSince === undefined ? Number.POSITIVE_INFINITY : aboveSince + PATIENCE_MS - now;
    webSocket.pause();
    timer = setTimeout(goOn, Math.max(0, Math.min(waitMs, patienceMs)));
    timer.unref();
  }

  function goOn(): void {
    timer = undefined;
    const now = performance.now();
    const waitMs = Math.max(messages.take(0, now), bytes.take(0, now));
    const open = webSocket.readyState === webSocket.OPEN;
    const exceeded = waitMs > 0 && aboveSince !== undefined && now - aboveSince >= PATIENCE_MS;
    if (open && waitMs > 0 && !exceeded) pause(waitMs, now);
    else if (open && waitMs === 0 && congested()) pause(CONGESTION_CHECK_MS, now);
    else {
      webSocket.resume();
      if (open && exceeded) onExceeded();
    }
  }

  webSocket.once('close', () => clearTimeout(timer));
  return { count };
}

/** A token bucket that may be overdrawn, since messages that have arrived together cannot be sent back. */
function createBucket(perSecond: number) {
  const full = perSecond * BURST_SECONDS;
  let tokens = full;
  let filledAt = performance.now();

  function fill(now: number): void {
    tokens = Math.min(full, tokens + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
  }

  return {
    /** Takes tokens, and tells how many milliseconds it takes to pay what is overdrawn. */
    take(count: number, now: number): number {
      fill(now);
      tokens -= count;
      return tokens >= 0 ? 0 : (-tokens / perSecond) * 1000;
    },
    atEase(now: number): boolean {
      fill(now);
      return tokens >= full / 2;
    },
  };
}
