import { vi } from 'vitest';
import type { EventPlace } from './events/cloud-event.ts';
import type { EncodedEvent } from './events/encoded-event.ts';
import type { Running } from './ports/bus.ts';
import { TestStream } from './ports/event-stream.fixture.ts';
import { TestOutbox } from './ports/outbox.fixture.ts';
import { startRelay } from './relay.ts';

export const LEASE_MS = 5_000;
export const POLL_MS = 250;

/** An outbox, a stream, and any number of relays between them, which by default let nothing gather. */
export function relaying({ gatherMs = 0 } = {}) {
  const outbox = new TestOutbox();
  const events = new TestStream();
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const tooBig: EncodedEvent[] = [];
  return {
    outbox,
    events,
    errors,
    tooBig,
    start: (owner = 'relay-1', stream = events): Running =>
      startRelay({
        outbox,
        events: stream,
        owner,
        onError,
        onTooBig: (event) => tooBig.push(event),
        leaseMs: LEASE_MS,
        pollMs: POLL_MS,
        gatherMs,
      }),
  };
}

/** Lets fake time pass. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** Events by their place, such as `p07.epoch.2`: as the test outbox numbers and names them. */
export function idsOf(events: readonly EventPlace[]): readonly string[] {
  return events.map(({ partitionkey, sequence }) => `${partitionkey}.${Number(sequence)}`);
}
