import type { EncodedEvent } from './events/encoded-event.ts';
import { BusError, type EventStream } from './ports/bus.ts';

/** Receives an event that the bus takes in no batch, and the error that says so. */
export type OnTooBig = (event: EncodedEvent, error: BusError) => void;

/**
 * Publishes a batch. If it is too big for the bus, its events are published one by one, and each that is too big by itself goes
 * to `onTooBig` and counts as published: it must not hold up the others for ever.
 * @throws {BusError} any other than `too_big`
 */
export async function publishBatch(
  stream: EventStream,
  batch: readonly EncodedEvent[],
  onTooBig: OnTooBig,
): Promise<void> {
  try {
    await stream.publish(batch);
  } catch (error) {
    if (!(error instanceof BusError) || error.code !== 'too_big') throw error;
    const [only] = batch;
    if (only && batch.length === 1) onTooBig(only, error);
    else await Promise.all(batch.map((event) => publishBatch(stream, [event], onTooBig)));
  }
}
