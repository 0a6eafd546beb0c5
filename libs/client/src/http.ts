import type { ConnectionLoop } from './connection-loop.ts';
import { type Failure, failureOf } from './machine/retry-decision.ts';
import type { TicketReply } from './options.ts';

/** What is read of an answer: of the server's, or of the application's in its place. */
export interface HttpResult {
  readonly ticket?: string | TicketReply;
  readonly code?: string;
  readonly error?: string;
  readonly lastRejection?: { readonly code?: string } | null;
  /** Of HTTP, where the answer came by it. */
  readonly status?: number;
  readonly retryAfter?: string | null;
}

/** A request as the bearer of a token. What is no JSON is an answer without members. */
export async function postJson(
  { fetch }: Pick<ConnectionLoop, 'fetch'>,
  url: string,
  token: string,
  question: object,
  signal: AbortSignal,
): Promise<HttpResult> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
    signal,
  });
  const body = await response.json().catch(() => null);
  return { ...body, status: response.status, retryAfter: response.headers.get('retry-after') };
}

/** The ticket in an answer, or how it failed. No answer at all means that nobody is signed in. */
export function ticketFrom(answer: HttpResult | string | null): TicketReply | Failure {
  if (typeof answer === 'string') return { ticket: answer };
  const { ticket, status = 0, code, error = code, retryAfter } = answer ?? { code: 'SIGNED_OUT' };
  if (ticket) return typeof ticket === 'string' ? (answer as TicketReply) : ticket;
  return failureOf(status, error, retryAfter);
}
