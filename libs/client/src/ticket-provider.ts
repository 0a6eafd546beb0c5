import type { ClientReason } from './admit-socket.ts';
import { postJson, ticketFrom } from './http.ts';
import { decideRetry, failureOf } from './machine/retry-decision.ts';
import type { TokenOptions } from './options.ts';

export interface TicketProviderOptions extends Pick<TokenOptions, 'getToken'> {
  /** Where tickets are asked for: `https://…/api/websocket/ticket`, or a path relative to the page. */
  readonly ticketUrl: string | URL;
  /** The only route that the tickets shall admit to. */
  readonly route?: string;
  /** The time limit of each request, with the token that it takes. Default 10,000. */
  readonly timeoutMs?: number;
}

/** Why there is no ticket. */
export class TicketError extends Error {
  override readonly name = 'TicketError';
  /** The server's public code, or the client's own reason. */
  readonly reason: ClientReason;
  /** Whether a later attempt may succeed; otherwise something must change first, such as a log-in. */
  readonly isTemporary: boolean;
  /** How long the server asks to wait before that, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(reason: ClientReason, isTemporary: boolean, retryAfterMs = 0, options?: ErrorOptions) {
    super(`There is no ticket: ${reason}`, options);
    this.reason = reason;
    this.isTemporary = isTemporary;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Makes a function that yields a new ticket at each call, for clients that connect by themselves. A token that the
 * server refuses is refreshed once. Nothing is cached: a ticket admits one connection.
 *
 * @returns a function that rejects with a `TicketError`
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
    const token = await Promise.race([getToken({ fresh, reason, signal }), rejection(signal)]);
    const reply =
      token === null
        ? failureOf(0, 'SIGNED_OUT')
        : ticketFrom(await postJson(platform, url, token, { route }, signal));
    if ('ticket' in reply) return reply.ticket;
    const verdict = decideRetry(reply);
    if (verdict.action === 'refresh-token' && !fresh) return request(true, verdict.reason);
    throw new TicketError(verdict.reason, verdict.action === 'retry', reply.retryAfterMs);
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

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
