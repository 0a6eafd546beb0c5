import type { Writable } from 'node:stream';

/** Minimum interval between two sends of a busy stream, in milliseconds: a fraction of a reply's time under that load. */
const MIN_INTERVAL_MS = 1;

/**
 * Makes a stream send all writes of one turn of the event loop together, at the end of the turn, or one millisecond later
 * if it has sent within the last millisecond. Each send to a socket is a system call and wakes the peer: on a busy
 * connection that is the largest cost.
 */
export function coalesceWrites(stream: Writable): void {
  const write: (...written: Parameters<Writable['write']>) => boolean = stream.write.bind(stream);
  let gathering = false;
  let sentAt = Number.NEGATIVE_INFINITY;

  function send(): void {
    gathering = false;
    sentAt = performance.now();
    stream.uncork();
  }

  stream.write = (...written: unknown[]) => {
    if (!gathering) {
      gathering = true;
      stream.cork();
      if (performance.now() - sentAt < MIN_INTERVAL_MS) setTimeout(send, MIN_INTERVAL_MS);
      else setImmediate(send);
    }
    return write(...(written as Parameters<typeof write>));
  };
}
