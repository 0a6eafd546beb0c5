import { startWorker } from '@admit-one/core';
import type { ReconnectingConnection } from '../connection/reconnecting-connection.ts';
import { type StreamIdentity, streamIdentityOf } from './stream.ts';
import { STREAM } from './stream-config.ts';

/** The stream as last seen. */
export interface StreamLevel {
  /** How much of it is used. */
  readonly fillRatio: number;
  readonly identity: StreamIdentity | undefined;
  /** Looks again now. */
  refresh(): void;
  /** Does not wait for a look that is under way. */
  stop(): void;
}

const LOOK_EVERY_MS = 2_000;

/** Looks at the stream every two seconds. What keeps it from looking is reported by what it keeps from publishing. */
export function watchStreamLevel(connection: ReconnectingConnection): StreamLevel {
  let fillRatio = 0;
  let identity: StreamIdentity | undefined;
  let stopped = false;

  async function look(): Promise<boolean> {
    if (stopped || !connection.connected) return false;
    const { streams } = await connection.live().js.jetstreamManager(false);
    const info = await streams.info(STREAM);
    const { state, config } = info;
    identity = streamIdentityOf(info);
    fillRatio = config.max_bytes > 0 ? state.bytes / config.max_bytes : 0;
    return false;
  }

  const worker = startWorker({ work: look, idleMs: LOOK_EVERY_MS, onError: () => {} });
  return {
    get fillRatio() {
      return fillRatio;
    },
    get identity() {
      return identity;
    },
    refresh: worker.wake,
    stop() {
      stopped = true;
      void worker.stop().catch(() => {});
    },
  };
}
