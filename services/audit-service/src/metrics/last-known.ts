import { setTimeout as pause } from 'node:timers/promises';
import { shared } from '@admit-one/runtime';

/** A value for metrics, which must be there at once, whatever the audit log does. */
export interface LastKnown<Value> {
  /** Reads it now. @throws what the reading throws */
  read(): Promise<void>;
  /** The value, read again unless it is young; the last one where that fails or takes long. */
  get(): Promise<Value | undefined>;
}

const KEPT_MS = 1_000;
/** A scrape has a timeout, and other metrics. */
const WAIT_MS = 1_000;

/** @param keptMs how long a value is not read again */
export function createLastKnown<Value>(readValue: () => Promise<Value>, keptMs = KEPT_MS): LastKnown<Value> {
  let value: Value | undefined;
  const read = shared(keptMs, async () => {
    value = await readValue();
  });

  return {
    read,
    async get() {
      const reading = read().catch(() => {});
      const waiting = new AbortController();
      const { signal } = waiting;
      await Promise.race([reading, pause(WAIT_MS, undefined, { signal, ref: false }).catch(() => {})]);
      waiting.abort();
      return value;
    },
  };
}
