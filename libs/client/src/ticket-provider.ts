import type { ClientReason } from './admit-socket.ts';
import { CLIENT_NAME } from './client-name.ts';
import { postJson, ticketFrom } from './http.ts';
import { decideRetry, failureOf } from './machine/retry-decision.ts';
import type { TokenOptions } from './options.ts';

export interface TicketProviderOptions extends Pick<TokenOptions, 'getToken'> {
  /** The URL of ticket requests: `https://…/api/websocket/ticket`, or a path relative to the page. */
  readonly ticketUrl: string | URL;
  /** Binds tickets to this route: they are valid for no other. */
  readonly route?: string;
  /** The time limit of `getToken` and one ticket request together, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

/** A ticket request failed. */
export class TicketError extends Error {
  override readonly name = 'TicketError';
  /** The server's public code, or the client's own reason. */
  readonly reason: ClientReason;
  /** Whether retrying can succeed. If not, something must change first, such as a log-in. */
  readonly isTemporary: boolean;
  /** The server's `Retry-After` in milliseconds; 0 if it sent none. */
  readonly retryAfterMs: number;

  constructor(reason: ClientReason, isTemporary: boolean, retryAfterMs = 0, options?: ErrorOptions) {
    super(`Ticket request failed: ${reason}`, options);
    this.reason = reason;
    this.isTemporary = isTemporary;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Creates a function that requests a new ticket at each call, for clients that open connections themselves. If the
 * server rejects the token, it calls `getToken` once more with `fresh: true`. Tickets are never cached: each admits one
 * connection.
 *
 * @returns a function that resolves to a ticket and rejects with a `TicketError`
 * @example
 * const ticket = createTicketProvider({ ticketUrl: '/api/websocket/ticket', getToken: () => auth.token() });
 * const socket = new PartySocket(url, async () => ['chat.v1', 'admit.v1', `ticket.${await ticket()}`]);
 */
export function createTicketProvider(options: TicketProviderOptions): () => Promise<string> {
  const { getToken, ticketUrl, route, timeoutMs = 10_000 } = options;
  const url = new URL(ticketUrl, globalThis.location?.href).href;
  const platform = { fetch: (at: string, init: RequestInit) => fetch(at, init) };

  async function request(fresh: boolean, reason: ClientReason | null): Promise<string> {
    const signal = AbortSignal.timeout(timeoutMs);
    const token = await Promise.race([getToken({ fresh, reason, signal }), rejectOnAbort(signal)]);
    const reply =
      token === null
        ? failureOf(0, 'SIGNED_OUT')
        : ticketFrom(await postJson(platform, url, token, { route, client: CLIENT_NAME }, signal));
    if ('ticket' in reply) return reply.ticket;
    const decision = decideRetry(reply);
    if (decision.action === 'refresh-token' && !fresh) return request(true, decision.reason);
    throw new TicketError(decision.reason, decision.action === 'retry', reply.retryAfterMs);
  }

  return async () => {
    try {
      return await request(false, null);
    } catch (cause) {
      if (cause instanceof TicketError) throw cause;
      const isTimeout = cause instanceof DOMException && cause.name === 'TimeoutError';
      throw new TicketError(isTimeout ? 'TIMEOUT' : 'NETWORK', true, 0, { cause });
    }
  };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
