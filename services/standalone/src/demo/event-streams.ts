import { PassThrough, type Readable } from 'node:stream';
import type { ReceivedEvent } from '@admit-one/core';
import type { Session } from './session.ts';

/** One open stream of events, as JSON texts, one per line (`application/x-ndjson`). */
export interface EventStream {
  readonly body: Readable;
  /** Sends events; a reader who is too far behind is cut off, and may come again. */
  send(events: readonly ReceivedEvent[]): void;
  /** Called once, whoever ends the stream. */
  onEnd(listener: () => void): void;
}

/** Why there is no stream: the process or the session has as many as it may. */
export type NoStream = 'too_many';

export interface EventStreams {
  open(session: Session): EventStream | NoStream;
  /** Ends all that are open: each has all that was sent. */
  endAll(): void;
}

export interface EventStreamsOptions {
  readonly maxStreams: number;
  readonly maxPerSession: number;
  /** After this a reader has to ask again, with a token that is still good. */
  readonly lifetimeMs: number;
  /** How often an empty line shows that the stream lives. */
  readonly heartbeatMs: number;
  readonly maxBufferedBytes: number;
}

/** An empty line. */
const HEARTBEAT = '\n';
/** What a reader has for reading the rest of a stream that ends with the process. */
const END_MS = 1_000;

/** Keeps the streams that are open, within bounds. Their timers keep no process alive. */
export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const { maxStreams, maxPerSession, lifetimeMs, heartbeatMs, maxBufferedBytes } = options;
  const open = new Map<PassThrough, string>();

  function isFull(whose: string): boolean {
    const ofSession = [...open.values()].filter((other) => other === whose);
    return open.size >= maxStreams || ofSession.length >= maxPerSession;
  }

  return {
    open({ issuer, session }) {
      const whose = JSON.stringify([issuer, session]);
      if (isFull(whose)) return 'too_many';
      const body = new PassThrough();
      open.set(body, whose);
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
