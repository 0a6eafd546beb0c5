import { connect, type Socket } from 'node:net';
import {
  decodeClose,
  decodeFrame,
  decodeResponse,
  encodeClose,
  encodeFrame,
  encodeRequest,
  opcodes,
} from '@admit-one/testkit';
import {
  HOST,
  JWT_PREFIX,
  type LoadTarget,
  ORIGIN,
  PROTOCOL,
  SOCKET_PATH,
  TICKET_PREFIX,
  USER_AGENT,
} from './endpoint.ts';

/** A WebSocket after the 101. */
export interface OpenSocket {
  readonly isOpen: boolean;
  /** Closes with 1000. @throws {Error} `close: …`, where the server answers with anything else: it had not let us in */
  close(): Promise<void>;
}

const GOODBYE = encodeFrame({ opcode: opcodes.close, payload: encodeClose(1000) });

/** Opens a connection and upgrades it. @throws {Error} `upgrade: …`, where the answer is no 101 */
export function upgrade({ credential, port }: LoadTarget, secret: string | null): Promise<OpenSocket> {
  const protocols = protocolsOf(credential, secret);
  const url = new URL(`http://${HOST}:${port}${SOCKET_PATH}`);
  const request = encodeRequest(url, { protocols, origin: ORIGIN, headers: { 'user-agent': USER_AGENT } });
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: HOST, noDelay: true });
    let bytes: Buffer = Buffer.alloc(0);
    const rejected = (why: string) => {
      socket.destroy();
      reject(new Error(`upgrade: ${why}`));
    };
    socket.on('error', ({ message }) => rejected(message));
    socket.once('close', () => rejected('the connection ended'));
    socket.on('data', (more) => {
      bytes = bytes.length === 0 ? more : Buffer.concat([bytes, more]);
      const answer = decodeResponse(bytes, false);
      if (!answer) return;
      if (answer.response.status !== 101) return rejected(`${answer.response.status}`);
      socket.removeAllListeners('data');
      resolve(openSocket(socket, bytes.subarray(answer.end)));
    });
    socket.write(request);
  });
}

function protocolsOf(credential: LoadTarget['credential'], secret: string | null): readonly string[] {
  switch (credential) {
    case 'none':
      return [];
    case 'jwt':
      return [PROTOCOL, `${JWT_PREFIX}${secret}`];
    case 'ticket':
      return [PROTOCOL, `${TICKET_PREFIX}${secret}`];
    default:
      return credential satisfies never;
  }
}

function openSocket(socket: Socket, head: Buffer): OpenSocket {
  let bytes = head;
  let failure: string | undefined;
  socket.on('error', ({ message }) => {
    failure = message;
  });
  socket.on('data', (more) => {
    bytes = Buffer.concat([bytes, more]);
  });

  /** The code of the close frame (RFC 6455, section 7.1.5), behind the pings that came before it. */
  function ending(): string {
    for (let next = decodeFrame(bytes, 0); next; next = decodeFrame(bytes, next.end))
      if (next.frame.opcode === opcodes.close) return `${decodeClose(next.frame).code}`;
    return failure ?? '1006';
  }

  return {
    get isOpen() {
      return !socket.destroyed;
    },
    close: () =>
      new Promise((resolve, reject) => {
        const over = () => (ending() === '1000' ? resolve() : reject(new Error(`close: ${ending()}`)));
        if (socket.closed) return over();
        socket.once('close', over);
        socket.write(GOODBYE);
      }),
  };
}
