import { AdmitConnection } from './admit-connection.ts';
import type { AdmitSocket } from './admit-socket.ts';
import type { ConnectOptions } from './options.ts';

/**
 * Opens a WebSocket that authenticates each connection with a new single-use ticket, and reconnects with backoff. The
 * first attempt starts in a microtask, so listeners added at once miss no event.
 *
 * @throws {TypeError} if `url` or `ticketUrl` is not a valid URL
 * @example
 * const socket = connect({ url: 'wss://api.example.com/ws', getToken: () => auth.token() });
 * socket.addEventListener('message', ({ data }) => show(data));
 * socket.addEventListener('statechange', ({ detail }) => showStatus(detail.state, detail.reason));
 */
export function connect(options: ConnectOptions): AdmitSocket {
  return new AdmitConnection(options);
}
