import { AdmitConnection } from './admit-connection.ts';
import type { AdmitSocket } from './admit-socket.ts';
import type { ConnectOptions } from './options.ts';

/**
 * Opens a WebSocket that logs in with a new ticket for every connection, and reconnects by itself.
 *
 * @throws {TypeError} where an address in the options is none, or there is no `WebSocket` class
 * @example
 * const socket = connect({ url: 'wss://api.example.com/ws', getToken: () => auth.token() });
 * socket.addEventListener('message', ({ data }) => show(data));
 * socket.addEventListener('statechange', ({ detail }) => showStatus(detail.state, detail.reason));
 */
export function connect(options: ConnectOptions): AdmitSocket {
  return new AdmitConnection(options);
}
