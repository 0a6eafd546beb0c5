import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { within } from './within.ts';

export interface ConnectOptions {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly origin?: string;
}

/** How a connection ended (RFC 6455, section 7.1): 1005 for a close frame without a code, 1006 for none at all. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** An open connection. */
export interface Connection {
  readonly socket: WebSocket;
  /** The next message that was not taken yet: text as a string. Rejects where none comes any more, or none in time. */
  next(): Promise<string | Buffer>;
  readonly closed: Promise<Closed>;
  /** Closes with 1000, and resolves when the connection is gone. */
  close(): Promise<Closed>;
}

/** The server answered the upgrade with something else than 101. */
export class UpgradeRejected extends Error {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;

  constructor(response: IncomingMessage, body: string) {
    super(`the upgrade was rejected with ${response.statusCode}: ${body.slice(0, 500)}`);
    this.name = 'UpgradeRejected';
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    this.body = body;
  }

  /** The body as a problem document (RFC 9457). @throws {SyntaxError} where it is not JSON */
  get problem(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.body);
  }
}

/**
 * Opens a connection as a well-behaved client does.
 * @throws {UpgradeRejected} with the status and the problem document
 */
export async function connect(
  url: string | URL,
  { protocols = [], headers = {}, origin }: ConnectOptions = {},
): Promise<Connection> {
  const socket = new WebSocket(url, [...protocols], {
    headers,
    perMessageDeflate: false,
    ...(origin === undefined ? {} : { origin }),
  });
  const connection = watch(socket);
  await within(opened(socket), `an answer from ${new URL(url).host}`);
  return connection;
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.on('error', reject);
    socket.once('unexpected-response', async (request, response) => {
      const body = await text(response).catch((error: unknown) => `(the body broke off: ${error})`);
      request.destroy();
      reject(new UpgradeRejected(response, body));
    });
  });
}

function watch(socket: WebSocket): Connection {
  const messages: (string | Buffer)[] = [];
  socket.on('message', (data: Buffer, isBinary) => messages.push(isBinary ? data : data.toString()));
  const closed = new Promise<Closed>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });

  async function next(): Promise<string | Buffer> {
    const gone = closed.then(({ code, reason }) => {
      throw new Error(`the connection was closed with ${code} ${reason} before a message came`);
    });
    gone.catch(() => {});
    for (;;) {
      const message = messages.shift();
      if (message !== undefined) return message;
      await within(Promise.race([once(socket, 'message'), gone]), 'a message');
    }
  }

  return {
    socket,
    next,
    closed,
    close() {
      socket.close(1000);
      return within(closed, 'the end of the connection');
    },
  };
}
