import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EdgeConfig } from '@admit-one/config';
import { chooseProtocol, HEARTBEAT_PROTOCOL } from '@admit-one/gate';
import { WebSocketServer } from 'ws';
import { EdgeWebSocket } from '../connection/edge-web-socket.ts';

/**
 * Sends the 101 to an upgrade request. The WebSocket comes paused: what the client sends waits in the socket's buffer, or
 * with the client. Undefined where the client has sent a FIN or RST, also where only the write of the 101 reveals it.
 * @param head what the client has sent behind its request
 * @param offered the subprotocols, as `offeredProtocols` returns them
 * @param selected the one to answer with, where an upstream has selected it
 */
export type Acceptor = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  offered: readonly string[],
  selected?: string,
) => EdgeWebSocket | undefined;

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
  } as const;
  const server = new WebSocketServer<typeof EdgeWebSocket>(options);

  const answered = [...spoken, HEARTBEAT_PROTOCOL];

  return (request, socket, head, offered, selected) => {
    let accepted: EdgeWebSocket | undefined;
    // ws answers the first of the offered subprotocols, and would reject the request for some that are ignored here.
    const protocol = selected ?? chooseProtocol(offered, answered);
    if (protocol === undefined) delete request.headers['sec-websocket-protocol'];
    else request.headers['sec-websocket-protocol'] = protocol;
    server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.pause();
      webSocket.socket = request.socket;
      accepted = webSocket;
    });
    return socket.errored ? undefined : accepted;
  };
}
