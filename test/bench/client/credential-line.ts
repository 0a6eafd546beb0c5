import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { decodeResponse, type RawResponse } from '@admit-one/testkit';
import { HOST, ORIGIN, SEAT_PATH, TICKET_PATH, USER_AGENT } from './endpoint.ts';

/** A request that shows a token, and what its response is worth at the upgrade. */
export interface CredentialRequest {
  readonly path: string;
  /** JSON; empty for none. */
  readonly body: string;
  credentialIn(responseBody: string): string;
}

/** A ticket of ours, or of the home-made kind. */
export const ticketRequest: CredentialRequest = {
  path: TICKET_PATH,
  body: '',
  credentialIn: (body) => (JSON.parse(body) as { ticket: string }).ticket,
};

/** A seat of Colyseus: the path of the upgrade. */
export const seatRequest: CredentialRequest = {
  path: SEAT_PATH,
  body: '{}',
  credentialIn(body) {
    const { room, sessionId, error } = JSON.parse(body);
    if (error !== undefined) throw new Error(error);
    return `/${room.processId}/${room.roomId}?sessionId=${sessionId}`;
  },
};

/** Asks for credentials over one keep-alive connection, one at a time. */
export interface CredentialLine {
  /** @throws {Error} `ticket: …`, where none is given; the next request opens its own connection */
  ask(token: string): Promise<string>;
  close(): void;
}

/** Makes a line; it connects when it is first used. Node's own HTTP client costs several times as much. */
export function createCredentialLine(port: number, wanted = ticketRequest): CredentialLine {
  let socket: Socket | undefined;

  async function open(): Promise<Socket> {
    const opened = connect({ port, host: HOST, noDelay: true });
    await once(opened, 'connect');
    return opened;
  }

  return {
    async ask(token) {
      try {
        // The server closes what has been idle for long: nobody would hear of what is written to that.
        if (!socket?.writable) socket = await open();
        socket.write(requestBytes(port, [`Authorization: Bearer ${token}`], wanted));
        const { status, body } = await answerOn(socket);
        if (status !== 200) throw new Error(`${status}`);
        return wanted.credentialIn(body);
      } catch (error) {
        socket?.destroy();
        socket = undefined;
        throw new Error(`ticket: ${error instanceof Error ? error.message : error}`);
      }
    },
    close: () => socket?.destroy(),
  };
}

/** A request as browsers send it. */
export function requestBytes(
  port: number,
  headers: readonly string[],
  { path, body }: Pick<CredentialRequest, 'path' | 'body'>,
): string {
  return [
    `POST ${path} HTTP/1.1`,
    `Host: ${HOST}:${port}`,
    ...headers,
    `Origin: ${ORIGIN}`,
    `User-Agent: ${USER_AGENT}`,
    ...(body === '' ? [] : ['Content-Type: application/json']),
    `Content-Length: ${body.length}`,
    `\r\n${body}`,
  ].join('\r\n');
}

/** The next response on a connection. @throws {Error} where it ends before */
export function answerOn(socket: Socket): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const over = () => socket.off('data', take).off('close', broken).off('error', reject);
    function take(more: Buffer): void {
      bytes = bytes.length === 0 ? more : Buffer.concat([bytes, more]);
      const decoded = decodeResponse(bytes, false);
      if (!decoded) return;
      over();
      resolve(decoded.response);
    }
    function broken(): void {
      over();
      reject(new Error('the connection ended'));
    }
    socket.on('data', take).on('close', broken).on('error', reject);
  });
}
