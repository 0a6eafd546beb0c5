import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { decodeResponse, type RawResponse } from '@admit-one/testkit';
import { HOST, ORIGIN, TICKET_PATH, USER_AGENT } from './endpoint.ts';

/** Asks for tickets over one keep-alive connection, one ticket at a time. */
export interface TicketLine {
  /** @throws {Error} `ticket: …`, where none is given; the next request opens its own connection */
  ask(token: string): Promise<string>;
  close(): void;
}

/** Makes a line; it connects when it is first used. Node's own HTTP client costs several times as much. */
export function createTicketLine(port: number): TicketLine {
  let socket: Socket | undefined;

  async function open(): Promise<Socket> {
    const opened = connect({ port, host: HOST, noDelay: true });
    await once(opened, 'connect');
    return opened;
  }

  return {
    async ask(token) {
      try {
        socket ??= await open();
        socket.write(requestOf(port, token));
        const { status, body } = await answerOn(socket);
        if (status !== 200) throw new Error(`${status}`);
        return (JSON.parse(body) as { ticket: string }).ticket;
      } catch (error) {
        socket?.destroy();
        socket = undefined;
        throw new Error(`ticket: ${error instanceof Error ? error.message : error}`);
      }
    },
    close: () => socket?.destroy(),
  };
}

function requestOf(port: number, token: string): string {
  return [
    `POST ${TICKET_PATH} HTTP/1.1`,
    `Host: ${HOST}:${port}`,
    `Authorization: Bearer ${token}`,
    `Origin: ${ORIGIN}`,
    `User-Agent: ${USER_AGENT}`,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

function answerOn(socket: Socket): Promise<RawResponse> {
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
