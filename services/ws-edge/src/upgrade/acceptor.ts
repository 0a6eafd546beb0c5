import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EdgeConfig } from '@admit-one/config';
import { chooseProtocol, closeOf, dropIgnoredProtocols, HEARTBEAT_PROTOCOL } from '@admit-one/gate';
import { WebSocket, WebSocketServer } from 'ws';

/** An upgrade request without an answer. */
export interface IncomingUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client has sent behind its request. */
  readonly head: Buffer;
}

/**
 * Sends the 101. The WebSocket comes paused: what the client sends waits in the socket's buffer, or with the client.
 * Undefined where the client has sent a FIN or RST.
 */
export type Acceptor = (upgrade: IncomingUpgrade) => WebSocket | undefined;

/** A message may come in 16 fragments, or in as many as it has parts of 4 KiB. */
const MIN_FRAGMENTS = 16;
const FRAGMENT_BYTES = 4096;

const TOO_BIG = closeOf('message_too_big');

/** Adds the public code to the close frame of a message that is too big, which ws sends with a code alone. */
class NamingWebSocket extends WebSocket {
  override close(code?: number, text?: string | Buffer): void {
    super.close(code, text ?? (code === TOO_BIG.code ? TOO_BIG.text : undefined));
  }
}

/** The WebSocket's 'close' follows, and ends the connection. */
function expectClose(): void {}

/** @param spoken the subprotocols of the route */
export function createAcceptor(
  { maxMessageBytes, closeMs }: Pick<EdgeConfig, 'maxMessageBytes' | 'closeMs'>,
  spoken: readonly string[],
): Acceptor {
  const options = {
    WebSocket: NamingWebSocket,
    noServer: true,
    clientTracking: false,
    autoPong: false,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    maxFragments: Math.max(MIN_FRAGMENTS, Math.ceil(maxMessageBytes / FRAGMENT_BYTES)),
    closeTimeout: closeMs,
    handleProtocols: (offered: Set<string>) =>
      chooseProtocol(offered, [...spoken, HEARTBEAT_PROTOCOL]) ?? false,
  } as const;
  const server = new WebSocketServer(options);

  return ({ request, socket, head }) => {
    let accepted: WebSocket | undefined;
    dropIgnoredProtocols(request.headers);
    server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.pause();
      webSocket.on('error', expectClose);
      accepted = webSocket;
    });
    return accepted;
  };
}
