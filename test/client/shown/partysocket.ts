import { createWebSocketClass, type TokenOptions } from '@admit-one/client';
import ReconnectingWebSocket from 'partysocket/ws';

export function openChat(url: string, { getToken, ticketUrl }: TokenOptions) {
  return new ReconnectingWebSocket(url, [], {
    WebSocket: createWebSocketClass({ getToken, ticketUrl }),
    connectionTimeout: 30_000, // for token, ticket and upgrade together
    shouldReconnectOnClose: ({ code }) => code !== 1008,
  });
}
