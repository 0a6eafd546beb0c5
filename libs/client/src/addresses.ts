import type { ConnectOptions } from './options.ts';

/** Where everything is. */
export interface Addresses {
  /** Of the WebSocket, without a ticket. */
  readonly socketUrl: string;
  readonly ticketUrl: string;
}

/** @throws {TypeError} where the options hold no proper address */
export function addressesOf({ url, ticketUrl }: Pick<ConnectOptions, 'url' | 'ticketUrl'>): Addresses {
  const page = globalThis.location?.href;
  const socket = new URL(url, page);
  socket.protocol = socket.protocol.replace('http', 'ws');
  socket.hash = '';
  const origin = socket.origin.replace('ws', 'http');
  const ticket = ticketUrl ? new URL(ticketUrl, page ?? origin) : `${origin}/api/websocket/ticket`;
  return { socketUrl: socket.href, ticketUrl: `${ticket}` };
}
