import type { ConnectOptions } from './options.ts';

/** Where everything is. */
export interface Addresses {
  /** Of the WebSocket, without a ticket. */
  readonly socket: string;
  readonly ticket: string;
  readonly status: string;
}

/** @throws {TypeError} where the options hold no proper address */
export function addressesOf({ url, ticketUrl }: Pick<ConnectOptions, 'url' | 'ticketUrl'>): Addresses {
  const page = globalThis.location?.href;
  const socket = new URL(url, page);
  socket.protocol = socket.protocol.replace('http', 'ws');
  socket.hash = '';
  const origin = socket.origin.replace('ws', 'http');
  const ticket = ticketUrl ? new URL(ticketUrl, page ?? origin) : new URL('/api/websocket/ticket', origin);
  const status = new URL(ticket);
  status.pathname += '/status';
  return { socket: socket.href, ticket: ticket.href, status: status.href };
}
