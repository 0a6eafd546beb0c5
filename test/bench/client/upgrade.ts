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
  SOCKET_IO_PATH,
  SOCKET_PATH,
  TICKET_PREFIX,
  USER_AGENT,
} from './endpoint.ts';
import { type Greeting, packetGreeting, seatGreeting } from './greeting.ts';

/** A WebSocket that was admitted: after the 101, and the greeting where there is one. */
export interface OpenSocket {
  readonly isOpen: boolean;
  /** Closes with 1000. @throws {Error} `close: …`, where the server answers with anything else: it had not let us in */
  close(): Promise<void>;
}

/** How a credential is shown. */
interface Entrance {
  readonly path: string;
  readonly protocols: readonly string[];
  readonly greeting?: Greeting;
}

const GOODBYE = encodeFrame({ opcode: opcodes.close, payload: encodeClose(1000) });

/** Opens a connection, upgrades it and greets. @throws {Error} `upgrade: …`, where the answer is no 101 or no welcome */
export function upgrade({ credential, port }: LoadTarget, secret: string | null): Promise<OpenSocket> {
  const { path, protocols, greeting } = entranceOf(credential, secret);
  const url = new URL(`http://${HOST}:${port}${path}`);
  const request = encodeRequest(url, { protocols, origin: ORIGIN, headers: { 'user-agent': USER_AGENT } });
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: HOST, noDelay: true });
    let bytes: Buffer = Buffer.alloc(0);
    let isUpgraded = false;
    const rejected = (why: string) => {
      socket.destroy();
      reject(new Error(`upgrade: ${why}`));
    };
    const admitted = () => {
      socket.removeAllListeners('data');
      resolve(openSocket(socket, bytes));
    };
    function greet(taken: Greeting): void {
      for (let next = decodeFrame(bytes, 0); next; next = decodeFrame(bytes, 0)) {
        bytes = bytes.subarray(next.end);
        const { reply, isOver } = taken.take(next.frame);
        if (reply) socket.write(reply);
        if (isOver) {
          admitted();
          return;
        }
      }
    }
    socket.on('error', ({ message }) => rejected(message));
    socket.once('close', () => rejected('the connection ended'));
    socket.on('data', (more) => {
      bytes = bytes.length === 0 ? more : Buffer.concat([bytes, more]);
      if (!isUpgraded) {
        const answer = decodeResponse(bytes, false);
        if (!answer) return;
        if (answer.response.status !== 101) return rejected(`${answer.response.status}`);
        isUpgraded = true;
        bytes = bytes.subarray(answer.end);
      }
      if (!greeting) return admitted();
      try {
        greet(greeting);
      } catch (error) {
        rejected(error instanceof Error ? error.message : String(error));
      }
    });
    socket.write(request);
  });
}

function entranceOf(credential: LoadTarget['credential'], secret: string | null): Entrance {
  switch (credential) {
    case 'none':
      return { path: SOCKET_PATH, protocols: [] };
    case 'jwt':
      return { path: SOCKET_PATH, protocols: [PROTOCOL, `${JWT_PREFIX}${secret}`] };
    case 'ticket':
      return { path: SOCKET_PATH, protocols: [PROTOCOL, `${TICKET_PREFIX}${secret}`] };
    case 'seat':
      return { path: secret ?? '', protocols: [], greeting: seatGreeting };
    case 'packet':
      return { path: SOCKET_IO_PATH, protocols: [], greeting: packetGreeting(secret) };
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
