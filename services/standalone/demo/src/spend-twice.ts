import { post } from './request.ts';

export type SocketOutcome =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'rejected'; readonly code: number; readonly reason: string };

export interface SpendTwiceResult {
  readonly ticketId: string;
  readonly outcomes: readonly [SocketOutcome, SocketOutcome];
  /** The exact reason of the last rejection, which only the ticket's own session may read. */
  readonly rejection: string | null;
}

interface Status {
  readonly lastRejection: { readonly reason: string } | null;
}

/** A connection that stays open this long counts as admitted. */
const ADMITTED_MS = 2_000;

/** Requests a ticket and presents it on two WebSockets in turn. @throws {RequestError} if a request fails */
export async function spendTwice(token: string): Promise<SpendTwiceResult> {
  const { ticket, ticketId } = await post<{ ticket: string; ticketId: string }>(
    '/api/websocket/ticket',
    token,
    {},
  );
  const sockets: WebSocket[] = [];
  async function present(): Promise<SocketOutcome> {
    const socket = new WebSocket(webSocketUrl('/ws'), ['admit.v1', `ticket.${ticket}`]);
    sockets.push(socket);
    return outcomeOf(socket);
  }
  try {
    const outcomes = [await present(), await present()] as const;
    const { lastRejection } = await post<Status>('/api/websocket/ticket/status', token, { ticket });
    return { ticketId, outcomes, rejection: lastRejection?.reason ?? null };
  } finally {
    for (const socket of sockets) socket.close(1000);
  }
}

/**
 * To tell browsers the reason of a rejection, the server opens the socket and closes it at once. So `open` proves nothing:
 * an echoed message does, or a connection that stays open.
 */
function outcomeOf(socket: WebSocket): Promise<SocketOutcome> {
  return new Promise((resolve) => {
    const admitted = () => resolve({ kind: 'admitted' });
    socket.addEventListener('open', () => {
      socket.send('hello');
      setTimeout(admitted, ADMITTED_MS);
    });
    socket.addEventListener('message', admitted);
    socket.addEventListener('close', ({ code, reason }) => resolve({ kind: 'rejected', code, reason }));
  });
}

function webSocketUrl(path: string): URL {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return url;
}
