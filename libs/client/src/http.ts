import { type Failure, failureOf } from './machine/retry-decision.ts';
import type { TicketResponse } from './options.ts';
import type { ConnectionLoop } from './types.ts';

/** The members read from a response body, or from the result of `getTicket`. */
export interface HttpResult {
  readonly ticket?: string | TicketResponse;
  readonly code?: string;
  readonly error?: string;
  readonly lastRejection?: { readonly code?: string } | null;
  /** The HTTP status; undefined with `getTicket`. */
  readonly status?: number;
  readonly retryAfter?: string | null;
}

/** Posts JSON with a bearer token. A response body that is not JSON counts as empty. @throws the error of `fetch` */
export async function postJson(
  { fetch }: Pick<ConnectionLoop, 'fetch'>,
  url: string,
  token: string,
  body: object,
  signal: AbortSignal,
): Promise<HttpResult> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const json = await response.json().catch(() => null);
  return { ...json, status: response.status, retryAfter: response.headers.get('retry-after') };
}

/** The ticket in a result, or the failure. A result of null means signed out. */
export function ticketFrom(result: HttpResult | string | null): TicketResponse | Failure {
  if (typeof result === 'string') return { ticket: result };
  const { ticket, status = 0, code, error = code, retryAfter } = result ?? { code: 'SIGNED_OUT' };
  if (ticket) return typeof ticket === 'string' ? (result as TicketResponse) : ticket;
  return failureOf(status, error, retryAfter);
}
