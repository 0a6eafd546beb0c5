import type { ConnectOptions } from './options.ts';

/** Where everything is. */
export interface Addresses {
  /** Of the WebSocket, without a ticket. */
  readonly socketUrl: string;
  readonly ticketUrl: string;
}

/** @throws {TypeError} where the options hold no proper address */
export function resolveAddresses(options: Pick<ConnectOptions, 'url' | 'ticketUrl'>): Addresses {
  const { url, ticketUrl = '/api/websocket/ticket' } = options;
  const socket = new URL(url, globalThis.location?.href);
  socket.protocol = socket.protocol.replace('http', 'ws');
  return {
    socketUrl: socket.href,
    ticketUrl: new URL(ticketUrl, socket.origin.replace('ws', 'http')).href,
  };
}
