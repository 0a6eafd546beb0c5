import { createWebSocketClass, type TokenOptions } from '@admit-one/client';
import { createClient } from 'graphql-ws';

export function openGraphql(url: string, { getToken, ticketUrl }: TokenOptions) {
  return createClient({
    url,
    webSocketImpl: createWebSocketClass({ getToken, ticketUrl }),
    retryAttempts: Infinity, // until a close with 1008
    shouldRetry: () => true,
  });
}
