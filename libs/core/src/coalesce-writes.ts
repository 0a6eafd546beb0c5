import type { Writable } from 'node:stream';

/** Between two sends of a busy stream, in milliseconds: a fraction of what a reply takes when there is that much to do. */
const APART_MS = 1;

/**
 * Has a stream send what is written to it within one turn of the event loop all at once, at the end of that turn; where
 * it has sent something within the last millisecond, at the end of that millisecond. To a socket each time is a system
 * call, and wakes who is at the other end: on a busy connection that costs more than all else.
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
      if (performance.now() - sentAt < APART_MS) setTimeout(send, APART_MS);
      else setImmediate(send);
    }
    return write(...(written as Parameters<typeof write>));
  };
}
