import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';

/** An open response that goes on. */
export interface EventStream {
  readonly body: Readable;
  /** Aborts when the stream ends, from either side. */
  readonly signal: AbortSignal;
  /** Sends text, and returns whether it was sent. A reader that is too slow gets `behind()` instead, as its last text. */
  write(text: string): boolean;
  /** Resolves when the reader has taken what was sent, or the stream has ended. */
  drained(): Promise<void>;
}

export interface StreamText {
  /** Shows that the stream is alive; it is sent at the start too. */
  readonly heartbeat: () => string;
  /** The last text to a reader that is too slow. */
  readonly behind: () => string;
}

export interface EventStreams {
  /**
   * @param owner whose streams are counted together
   * @returns `too_many` at the limit of the process or the owner
   */
  open(owner: string, text: StreamText): EventStream | 'too_many';
  /** Ends all open streams, after what was sent. */
  endAll(): void;
}

export interface EventStreamsOptions {
  readonly maxStreams: number;
  readonly maxPerOwner: number;
  /** Then the stream ends, and the reader must authenticate again. */
  readonly lifetimeMs: number;
  readonly heartbeatMs: number;
  readonly maxBufferedBytes: number;
}

/** How long a reader may take to read the rest of an ended stream. */
const END_MS = 1_000;

/** Limits and ends streams. Its timers do not keep the process alive. */
export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const { maxStreams, maxPerOwner, lifetimeMs, heartbeatMs, maxBufferedBytes } = options;
  const open = new Map<PassThrough, string>();

  function isFull(owner: string): boolean {
    const ofOwner = [...open.values()].filter((other) => other === owner);
    return open.size >= maxStreams || ofOwner.length >= maxPerOwner;
  }

  function end(body: PassThrough, lastText = ''): void {
    if (body.writableEnded || body.destroyed) return;
    body.end(lastText);
    const timeout = setTimeout(() => body.destroy(), END_MS).unref();
    body.once('close', () => clearTimeout(timeout));
  }

  return {
    open(owner, { heartbeat, behind }) {
      if (isFull(owner)) return 'too_many';
      const body = new PassThrough();
      const ended = new AbortController();
      open.set(body, owner);

      function write(text: string): boolean {
        if (body.writableEnded || body.destroyed) return false;
        const isSlow = body.writableLength + body.readableLength > maxBufferedBytes;
        if (isSlow) end(body, behind());
        else body.write(text);
        return !isSlow;
      }

      write(heartbeat());
      const beating = setInterval(() => write(heartbeat()), heartbeatMs).unref();
      const lifetime = setTimeout(end, lifetimeMs, body).unref();
      body.on('error', () => body.destroy());
      body.once('close', () => {
        clearInterval(beating);
        clearTimeout(lifetime);
        open.delete(body);
        ended.abort();
      });
      return {
        body,
        signal: ended.signal,
        write,
        async drained() {
          if (body.writableNeedDrain) await once(body, 'drain', ended).catch(() => {});
        },
      };
    },
    endAll() {
      for (const body of open.keys()) end(body);
    },
  };
}
