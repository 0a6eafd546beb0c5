import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EdgeConfig } from '@admit-one/config';
import { chooseProtocol, dropIgnoredProtocols, HEARTBEAT_PROTOCOL } from '@admit-one/gate';
import { WebSocketServer } from 'ws';
import { EdgeWebSocket } from '../connection/edge-web-socket.ts';

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
export type Acceptor = (upgrade: IncomingUpgrade) => EdgeWebSocket | undefined;

/** A message may come in 16 fragments, or in as many as it has parts of 4 KiB. */
const MIN_FRAGMENTS = 16;
const FRAGMENT_BYTES = 4096;

/** @param spoken the subprotocols of the route */
export function createAcceptor(
  { maxMessageBytes, closeMs }: Pick<EdgeConfig, 'maxMessageBytes' | 'closeMs'>,
  spoken: readonly string[],
): Acceptor {
  const options = {
    WebSocket: EdgeWebSocket,
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
  const server = new WebSocketServer<typeof EdgeWebSocket>(options);

  return ({ request, socket, head }) => {
    let accepted: EdgeWebSocket | undefined;
    dropIgnoredProtocols(request.headers);
    server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.pause();
      accepted = webSocket.listen();
    });
    return accepted;
  };
}
