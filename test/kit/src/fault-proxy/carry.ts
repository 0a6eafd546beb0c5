import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is wrong with one direction of a link at the moment. */
export interface Faults {
  /** From the arrival of bytes to their delivery. */
  delayMs: number;
  /** The most that is delivered at once. */
  sliceBytes: number;
  /** Bytes, and the end of the stream, vanish. */
  drops: boolean;
}

/** One direction of one connection. */
export interface Carrier {
  /** Something vanished on the way, so that the rest would not be the stream that was sent. */
  readonly hasHole: boolean;
}

const SLICE_PAUSE_MS = 1;
/** What may wait to be delivered before the source is no longer read. */
const WAITING_BYTES = 1_048_576;

/**
 * Carries bytes, and the end of the stream (FIN or RST), from one socket to the other in their order, through the
 * faults as they are at each delivery. Stops when `over` is aborted.
 */
export function carry(source: Socket, sink: Socket, faults: Readonly<Faults>, over: AbortSignal): Carrier {
  let hasHole = false;
  let waitingBytes = 0;
  let line = Promise.resolve();

  function deliverLater(bytes: number, deliver: () => void | Promise<void>): void {
    const due = performance.now() + faults.delayMs;
    waitingBytes += bytes;
    if (waitingBytes > WAITING_BYTES) source.pause();
    line = line
      .then(async () => {
        const leftMs = due - performance.now();
        if (leftMs > 0) await sleep(leftMs, undefined, { signal: over });
        await deliver();
        waitingBytes -= bytes;
        if (waitingBytes <= WAITING_BYTES) source.resume();
      })
      .catch(() => {});
  }

  async function write(bytes: Buffer): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      const slice = rest.subarray(0, faults.sliceBytes);
      rest = rest.subarray(slice.length);
      if (faults.drops) hasHole = true;
      else if (!sink.write(slice)) await once(sink, 'drain', { signal: over });
      if (rest.length > 0) await sleep(SLICE_PAUSE_MS, undefined, { signal: over });
    }
  }

  function end(how: () => void): void {
    deliverLater(0, () => {
      if (faults.drops) hasHole = true;
      else how();
    });
  }

  source.on('data', (bytes: Buffer) => deliverLater(bytes.length, () => write(bytes)));
  source.on('end', () => end(() => sink.end()));
  source.on('error', () => end(() => reset(sink)));
  return {
    get hasHole() {
      return hasHole;
    },
  };
}

/** Ends a connection with RST; one that is being made, as soon as it is made, and nothing waits for that. */
export function reset(socket: Socket): void {
  socket.unref();
  socket.resetAndDestroy();
}
