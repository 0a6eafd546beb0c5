import { createTicketProvider, TicketError, type TicketProviderOptions } from '@admit-one/client';
import { io } from 'socket.io-client';

export function openSocketIo(url: string, { getToken, ticketUrl }: TicketProviderOptions) {
  const ticket = createTicketProvider({ getToken, ticketUrl });
  const socket = io(url, {
    auth: (callback) => ticket().then((fresh) => callback({ ticket: fresh }), onTicketError),
  });

  function onTicketError(error: unknown): void {
    socket.disconnect();
    if (error instanceof TicketError && error.isTemporary) reconnectLater(error.retryAfterMs);
  }

  function reconnectLater(delayMs = 0): void {
    setTimeout(() => socket.connect(), delayMs + Math.random() * 5_000);
  }

  // Socket.IO does not retry after a rejection by the server: the application must.
  socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
    if (!socket.active && error.data?.code !== 'SESSION_REVOKED') reconnectLater();
  });
  return socket;
}
