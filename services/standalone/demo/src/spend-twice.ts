import { ask } from './ask.ts';

/** What became of one of two sockets with the same ticket. */
export type Fate =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string };

/** How it went. */
export interface Spending {
  readonly ticketId: string;
  readonly fates: readonly [Fate, Fate];
  /** The exact reason of the last rejection, which the ticket's own session is told. */
  readonly rejection: string | null;
}

interface Status {
  readonly lastRejection: { readonly reason: string } | null;
}

const STAYS_MS = 2_000;

/** Buys a ticket and presents it at two WebSockets, one after the other. @throws {AskError} where there is no ticket */
export async function spendTwice(token: string): Promise<Spending> {
  const { ticket, ticketId } = await ask<{ ticket: string; ticketId: string }>(
    '/api/websocket/ticket',
    token,
    {},
  );
  const sockets: WebSocket[] = [];
  async function present(): Promise<Fate> {
    const socket = new WebSocket(webSocketUrl('/ws'), ['admit.v1', `ticket.${ticket}`]);
    sockets.push(socket);
    return fateOf(socket);
  }
  try {
    const fates = [await present(), await present()] as const;
    const { lastRejection } = await ask<Status>('/api/websocket/ticket/status', token, { ticket });
    return { ticketId, fates: [...fates], rejection: lastRejection?.reason ?? null };
  } finally {
    for (const socket of sockets) socket.close(1000);
  }
}

/**
 * A refusal that a browser is to understand opens too, and closes at once. So an answer proves an admission, or where the
 * route gives none, that the connection stays.
 */
function fateOf(socket: WebSocket): Promise<Fate> {
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
