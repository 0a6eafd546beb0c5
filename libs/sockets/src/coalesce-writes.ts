import type { Writable } from 'node:stream';
import { gather } from './gather.ts';

/**
 * Makes a stream send all writes of one turn of the event loop together, as `gather` does: where writes are many, at least a
 * millisecond apart. Each send to a socket is a system call and wakes the peer: on a busy
 * connection that is the largest cost.
 */
export function coalesceWrites(stream: Writable): void {
  const write: (...written: Parameters<Writable['write']>) => boolean = stream.write.bind(stream);
  let corked = false;
  const sendSoon = gather(() => {
    corked = false;
    stream.uncork();
  });

  stream.write = (...written: unknown[]) => {
    if (!corked) {
      corked = true;
      stream.cork();
    }
    sendSoon();
    return write(...(written as Parameters<typeof write>));
  };
}
