import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { CommandError, exitCodes } from '../command-error.ts';
import { meaningOf } from '../connect/messages.ts';
import { rejectionError, unreachableError } from '../http/http-errors.ts';

/** The connection of one attempt. Every step ends when its signal aborts, with the reason of that. */
export interface ProbeSocket {
  /** Sends a unique text and waits until the server sends it back; other messages are ignored. */
  echo(signal: AbortSignal): Promise<void>;
  /** Waits for the answer to a ping, which the server itself gives. */
  ping(signal: AbortSignal): Promise<void>;
  /** Closes with 1000, and waits for the same from the server. */
  close(signal: AbortSignal): Promise<void>;
  /** Cuts the connection, if it is still there. */
  terminate(): void;
}

/** The server closed the connection before the probe did. */
export class ClosedEarly extends CommandError {
  /** Whether the ticket or the handshake was rejected: browsers are told so by a close frame after the 101. */
  readonly isRejection: boolean;
  /** The one in the reason. */
  readonly publicCode: string | undefined;

  constructor(code: number, reason: string) {
    const meaning = meaningOf(reason);
    const lost = 'The connection was lost: check the edge, and the timeouts of the proxies in front.';
    const closed = `closed by the server: ${code} ${reason}`.trimEnd();
    super(code === 1006 ? lost : `${closed}. ${meaning}`.trimEnd(), exitCodes.failure);
    this.name = 'ClosedEarly';
    this.isRejection = meaning !== '';
    this.publicCode = this.isRejection ? reason.split(' ')[0] : undefined;
  }
}

export interface ProbeSocketOptions {
  readonly url: URL;
  /** A secret. */
  readonly ticket: string;
  readonly origin: string | undefined;
}

/** Connects as a browser does, with the ticket as a subprotocol. @throws {CommandError} */
export async function openProbeSocket(
  options: ProbeSocketOptions,
  signal: AbortSignal,
): Promise<ProbeSocket> {
  const { url, ticket, origin } = options;
  const socket = new WebSocket(url, ['admit.v1', `ticket.${ticket}`], {
    perMessageDeflate: false,
    ...(origin !== undefined && { origin }),
  });
  const terminate = () => socket.terminate();
  // An error without a listener would end the process.
  socket.on('error', () => {});
  const closed = new Promise<ClosedEarly>((resolve) => {
    socket.on('close', (code, reason) => resolve(new ClosedEarly(code, reason.toString())));
  });

  /** Waits for an event that `isDone` accepts. */
  function until(name: 'message' | 'pong', isDone: (data: Buffer) => boolean, step: AbortSignal) {
    return settled(step, (resolve, reject) => {
      const listener = (data: Buffer) => isDone(data) && resolve();
      socket.on(name, listener);
      closed.then(reject);
      return () => socket.off(name, listener);
    });
  }

  await settled(signal, (resolve, reject) => {
    socket.on('open', () => resolve());
    socket.on('error', (error) => reject(unreachableError(url, error, '--url and --ws-url')));
    socket.on('unexpected-response', async (_, response: IncomingMessage) => {
      const { statusCode = 0 } = response;
      reject(rejectionError(url.origin, statusCode, await text(response).catch(() => '')));
      terminate();
    });
    return () => {};
  }).catch((error: unknown) => {
    terminate();
    throw error;
  });

  return {
    async echo(step) {
      const sent = `admit-probe ${randomUUID()}`;
      const received = until('message', (data) => data.toString() === sent, step);
      socket.send(sent);
      await received;
    },
    async ping(step) {
      const sent = randomUUID();
      const received = until('pong', (data) => data.toString() === sent, step);
      socket.ping(sent);
      await received;
    },
    async close(step) {
      const code = await settled<number>(step, (resolve) => {
        socket.once('close', resolve);
        socket.close(1000);
        return () => {};
      });
      if (code !== 1000)
        throw new CommandError(`closed with ${code}, not with 1000 as the probe did.`, exitCodes.failure);
    },
    terminate,
  };
}

/** A promise that also ends with the signal. @param begin returns what undoes it */
function settled<Value = void>(
  signal: AbortSignal,
  begin: (resolve: (value: Value) => void, reject: (error: unknown) => void) => () => void,
): Promise<Value> {
  let undo = () => {};
  const onAbort = (reject: (error: unknown) => void) => () => reject(signal.reason);
  let aborted = () => {};
  return new Promise<Value>((resolve, reject) => {
    aborted = onAbort(reject);
    signal.addEventListener('abort', aborted);
    undo = begin(resolve, reject);
  }).finally(() => {
    signal.removeEventListener('abort', aborted);
    undo();
  });
}
