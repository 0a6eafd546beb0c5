import type { Writable } from 'node:stream';

/**
 * Has a stream send what is written to it within one turn of the event loop all at once, at the end of that turn. To a
 * socket that is one system call in place of one for each write, and on a busy connection those cost more than all else.
 */
export function coalesceWrites(stream: Writable): void {
  const write: (...written: Parameters<Writable['write']>) => boolean = stream.write.bind(stream);
  let gathering = false;

  stream.write = (...written: unknown[]) => {
    if (!gathering) {
      gathering = true;
      stream.cork();
      setImmediate(() => {
        gathering = false;
        stream.uncork();
      });
    }
    return write(...(written as Parameters<typeof write>));
  };
}
