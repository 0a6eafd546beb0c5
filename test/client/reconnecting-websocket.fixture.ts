import { createWebSocketClass, type TokenOptions } from '@admit-one/client';
import imported from 'reconnecting-websocket';

/** Its types say what bundlers import; Node imports the class itself. */
const ReconnectingWebSocket = imported as unknown as typeof imported.default;

/** As described in docs/client.md. */
export function openChat(url: string, { getToken, ticketUrl }: TokenOptions) {
  const socket = new ReconnectingWebSocket(url, [], {
    WebSocket: createWebSocketClass({ getToken, ticketUrl }),
    connectionTimeout: 30_000,
  });
  socket.addEventListener('close', ({ code }) => {
    if (code === 1008) socket.close();
  });
  return socket;
}
