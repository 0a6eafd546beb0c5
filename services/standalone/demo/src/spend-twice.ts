import { post } from './request.ts';

/** What became of one of two sockets with the same ticket. */
export type SocketOutcome =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string };

/** How it went. */
export interface SpendTwiceResult {
  readonly ticketId: string;
  readonly outcomes: readonly [SocketOutcome, SocketOutcome];
  /** The exact reason of the last rejection, which the ticket's own session is told. */
  readonly rejection: string | null;
}

interface Status {
  readonly lastRejection: { readonly reason: string } | null;
}

const STAYS_MS = 2_000;

/** Buys a ticket and presents it at two WebSockets, one after the other. @throws {AskError} where there is no ticket */
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
    const fates = [await present(), await present()] as const;
    const { lastRejection } = await post<Status>('/api/websocket/ticket/status', token, { ticket });
    return { ticketId, outcomes: [...fates], rejection: lastRejection?.reason ?? null };
  } finally {
    for (const socket of sockets) socket.close(1000);
  }
}

/**
 * A refusal that a browser is to understand opens too, and closes at once. So an answer proves an admission, or where the
 * route gives none, that the connection stays.
 */
function outcomeOf(socket: WebSocket): Promise<SocketOutcome> {
  return new Promise((resolve) => {
    const admitted = () => resolve({ kind: 'admitted' });
    socket.addEventListener('open', () => {
      socket.send('Is anybody there?');
      setTimeout(admitted, STAYS_MS);
    });
    socket.addEventListener('message', admitted);
    socket.addEventListener('close', ({ code, reason }) => resolve({ kind: 'refused', code, reason }));
  });
}

function webSocketUrl(path: string): URL {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return url;
}
