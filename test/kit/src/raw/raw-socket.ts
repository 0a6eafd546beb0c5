import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { within } from '../within.ts';
import { decodeClose, decodeFrame, encodeFrame, type Frame, type FrameToSend, opcodes } from './frames.ts';
import { encodeRequest, newWebSocketKey, type UpgradeRequest } from './request.ts';
import { decodeResponse, type RawResponse } from './response.ts';

export interface RawSocketOptions extends UpgradeRequest {
  /** Sent instead of an upgrade request; empty to send nothing yet. */
  readonly request?: string | Uint8Array;
  /** Sent right behind the request, in the same write. */
  readonly pipelined?: Uint8Array;
}

/** How a raw connection ended. */
export interface RawEnd {
  /** What the server's close frame said; null where none came. */
  readonly close: { readonly code: number; readonly reason: string } | null;
  /** Node's error code, `ECONNRESET` after an RST; null after a FIN. */
  readonly error: string | null;
}

/** A WebSocket client without manners: it sends what it is told to, answers nothing by itself and keeps every byte. */
export interface RawSocket {
  readonly socket: Socket;
  /** The `Sec-WebSocket-Key` of the request. */
  readonly key: string;
  /** Everything that the server has sent so far. */
  readonly bytes: Buffer;
  /** The server's frames so far. */
  readonly frames: readonly Frame[];
  readonly closed: Promise<RawEnd>;
  /** The answer, whole. Rejects where the connection ends without one, or none comes in time. */
  response(): Promise<RawResponse>;
  /** The next frame that was not taken yet; rejects like `response`. */
  next(): Promise<Frame>;
  write(bytes: string | Uint8Array): void;
  send(frame: FrameToSend): void;
  /** Half-closes with a FIN. */
  end(): void;
  /** Drops the connection with an RST. */
  abort(): void;
}

/** Connects to a `ws:` or `http:` URL and sends the request, without waiting for an answer. */
export async function openSocket(url: string | URL, options: RawSocketOptions = {}): Promise<RawSocket> {
  const target = new URL(url);
  const key = options.key ?? newWebSocketKey();
  const socket = connectTcp({
    host: target.hostname.replace(/^\[|\]$/g, ''),
    port: Number(target.port || 80),
  });
  await once(socket, 'connect');
  const raw = watch(socket, key);
  const request = options.request ?? encodeRequest(target, { ...options, key });
  socket.write(Buffer.concat([Buffer.from(request), options.pipelined ?? Buffer.alloc(0)]));
  return raw;
}

function watch(socket: Socket, key: string): RawSocket {
  let bytes = Buffer.alloc(0);
  let error: string | null = null;
  let ended = false;
  let taken = 0;
  const closed = new Promise<RawEnd>((resolve) => {
    socket.once('close', () => {
      ended = true;
      const close = framesOf(bytes).find(({ opcode }) => opcode === opcodes.close);
      resolve({ close: close ? decodeClose(close) : null, error });
    });
  });
  socket.on('error', (failure: NodeJS.ErrnoException) => {
    error = failure.code ?? failure.message;
  });
  socket.on('data', (more) => {
    bytes = Buffer.concat([bytes, more]);
  });

  async function waitFor<T>(what: string, read: () => T | undefined): Promise<T> {
    for (;;) {
      const value = read();
      if (value !== undefined) return value;
      if (ended) throw new Error(`the connection ended without ${what}`);
      await within(Promise.race([once(socket, 'data'), closed]), what);
    }
  }

  return {
    socket,
    key,
    closed,
    get bytes() {
      return bytes;
    },
    get frames() {
      return framesOf(bytes);
    },
    response: () => waitFor('an answer', () => decodeResponse(bytes, ended)?.response),
    async next() {
      const frame = await waitFor('a frame', () => framesOf(bytes)[taken]);
      taken += 1;
      return frame;
    },
    write: (more) => socket.write(more),
    send: (frame) => socket.write(encodeFrame(frame)),
    end: () => socket.end(),
    abort: () => socket.resetAndDestroy(),
  };
}

function framesOf(bytes: Buffer): readonly Frame[] {
  const answer = decodeResponse(bytes, false);
  if (answer?.response.status !== 101) return [];
  const frames: Frame[] = [];
  for (let at = decodeFrame(bytes, answer.end); at; at = decodeFrame(bytes, at.end)) frames.push(at.frame);
  return frames;
}
