import { PassThrough, type Readable } from 'node:stream';
import type { ReceivedEvent } from '@admit-one/core';
import type { Session } from './session-events.ts';

/** An open stream of events as JSON lines (`application/x-ndjson`). */
export interface EventStream {
  readonly body: Readable;
  /** Sends events. A reader that is too slow is disconnected and may reconnect. */
  send(events: readonly ReceivedEvent[]): void;
  /** Called once when the stream ends, from either side. */
  onEnd(listener: () => void): void;
}

export interface EventStreams {
  /** Returns `too_many` at the limit of the process or the session. */
  open(session: Session): EventStream | 'too_many';
  /** Ends all open streams, after what was sent. */
  endAll(): void;
}

export interface EventStreamsOptions {
  readonly maxStreams: number;
  readonly maxPerSession: number;
  /** Then the stream ends and the reader must authenticate again. */
  readonly lifetimeMs: number;
  /** Interval of empty lines that show that the stream is alive. */
  readonly heartbeatMs: number;
  readonly maxBufferedBytes: number;
}

const HEARTBEAT = '\n';
/** How long a reader may take to read the rest of an ended stream. */
const END_MS = 1_000;

/** Limits and ends event streams. Its timers do not keep the process alive. */
export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const { maxStreams, maxPerSession, lifetimeMs, heartbeatMs, maxBufferedBytes } = options;
  const open = new Map<PassThrough, string>();

  function isFull(owner: string): boolean {
    const ofSession = [...open.values()].filter((other) => other === owner);
    return open.size >= maxStreams || ofSession.length >= maxPerSession;
  }

  return {
    open({ issuer, session }) {
      const owner = JSON.stringify([issuer, session]);
      if (isFull(owner)) return 'too_many';
      const body = new PassThrough();
      open.set(body, owner);
      body.write(HEARTBEAT);

      function write(text: string): void {
        if (body.writableEnded || body.destroyed) return;
        if (body.writableLength + body.readableLength > maxBufferedBytes) body.destroy();
        else body.write(text);
      }

      const heartbeat = setInterval(write, heartbeatMs, HEARTBEAT).unref();
      const lifetime = setTimeout(() => body.end(), lifetimeMs).unref();
      body.on('error', () => body.destroy());
      body.once('close', () => {
        clearInterval(heartbeat);
        clearTimeout(lifetime);
        open.delete(body);
      });
      return {
        body,
        send: (events) => write(events.map((event) => `${JSON.stringify(event)}\n`).join('')),
        onEnd(listener) {
          if (body.destroyed) listener();
          else body.once('close', listener);
        },
      };
    },
    endAll() {
      for (const body of open.keys()) {
        body.end();
        setTimeout(() => body.destroy(), END_MS).unref();
      }
    },
  };
}
