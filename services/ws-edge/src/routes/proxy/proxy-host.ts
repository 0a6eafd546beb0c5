import type { EdgeConfig, ProxyConfig } from '@admit-one/config';
import { createDeadlines, type Deadlines, type Expiring, type Reason } from '@admit-one/core';
import type { ClientOptions } from 'ws';
import { createTimerWheel, type TimerWheel } from '../../connection/timer-wheel.ts';

/** A handshake with an upstream that has not ended. */
export interface UpstreamHandshake extends Expiring {
  /** Its time is over. */
  expire(): void;
}

/** How the handshake with an upstream ended. `cancelled`: its client's handshake ended first. */
export type UpstreamOutcome =
  | 'opened'
  | 'cancelled'
  | Extract<Reason, 'upstream_failed' | 'upstream_rejected'>;

/** What the proxied connections of an edge share. */
export interface ProxyHost {
  /** Of each WebSocket to an upstream. */
  readonly options: ClientOptions & { readonly closeTimeout: number };
  /** How many bytes may wait for the one side before the other is not read. */
  readonly maxBacklogBytes: number;
  /** The longest that a handshake with an upstream may take. */
  readonly handshakeMs: number;
  readonly heartbeatMs: number;
  readonly wheel: TimerWheel;
  readonly deadlines: Deadlines<UpstreamHandshake>;
  readonly onHandshakeEnded: (route: string, outcome: UpstreamOutcome, seconds: number) => void;
}

export function createProxyHost(
  { maxBufferedBytes, heartbeatMs, closeMs }: EdgeConfig,
  { handshakeMs }: ProxyConfig,
  onHandshakeEnded: ProxyHost['onHandshakeEnded'],
): ProxyHost {
  return {
    options: {
      perMessageDeflate: false,
      followRedirects: false,
      closeTimeout: closeMs,
      // With what waits already and the rest of a read, such a message fits into the client's buffer.
      maxPayload: Math.ceil(maxBufferedBytes / 2),
    },
    maxBacklogBytes: Math.floor(maxBufferedBytes / 4),
    handshakeMs,
    heartbeatMs,
    wheel: createTimerWheel(),
    deadlines: createDeadlines<UpstreamHandshake>((handshake) => handshake.expire()),
    onHandshakeEnded,
  };
}
