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
  const socketUrl = hrefOf(url, globalThis.location?.href).replace(/^http/, 'ws');
  const origin = socketUrl.replace('ws', 'http').split('/', 3).join('/');
  return { socketUrl, ticketUrl: hrefOf(ticketUrl, origin) };
}

/** Without the slash that React Native's `URL` adds; it has no setters either. */
function hrefOf(url: string | URL, base?: string): string {
  const { href } = new URL(url, base);
  return href === `${url}/` ? `${url}` : href;
}
