import { createTicketProvider, TicketError, type TicketProviderOptions } from '@admit-one/client';
import { io } from 'socket.io-client';

export function openSocketIo(url: string, { getToken, ticketUrl }: TicketProviderOptions) {
  const ticket = createTicketProvider({ getToken, ticketUrl });
  const socket = io(url, {
    auth: (give) => ticket().then((fresh) => give({ ticket: fresh }), giveUpOrWait),
  });

  function giveUpOrWait(error: unknown): void {
    socket.disconnect();
    if (error instanceof TicketError && error.isTemporary) connectLater(error.retryAfterMs);
  }

  function connectLater(delayMs = 0): void {
    setTimeout(() => socket.connect(), delayMs + Math.random() * 5_000);
  }

  // Where a server refuses, Socket.IO leaves it to the application to try again.
  socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
    if (!socket.active && error.data?.code !== 'SESSION_REVOKED') connectLater();
  });
  return socket;
}
