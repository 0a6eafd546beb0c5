import type { ConnectOptions } from './options.ts';

/** Absolute URLs. */
export interface Addresses {
  /** The URL of the WebSocket, without a ticket. */
  readonly socketUrl: string;
  readonly ticketUrl: string;
}

/** @throws {TypeError} if `url` or `ticketUrl` is not a valid URL */
export function resolveAddresses(options: Pick<ConnectOptions, 'url' | 'ticketUrl'>): Addresses {
  const { url, ticketUrl = '/api/websocket/ticket' } = options;
  const socket = new URL(url, globalThis.location?.href);
  socket.protocol = socket.protocol.replace('http', 'ws');
  return {
    socketUrl: socket.href,
    ticketUrl: new URL(ticketUrl, socket.origin.replace('ws', 'http')).href,
  };
}
