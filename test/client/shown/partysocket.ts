import { createWebSocketClass, type TokenOptions } from '@admit-one/client';
import ReconnectingWebSocket from 'partysocket/ws';

export function openChat(url: string, { getToken, ticketUrl }: TokenOptions) {
  return new ReconnectingWebSocket(url, [], {
    WebSocket: createWebSocketClass({ getToken, ticketUrl }),
    connectionTimeout: 30_000, // all of token, ticket and upgrade
    shouldReconnectOnClose: ({ code }) => code !== 1008,
  });
}
