import { type Failure, failureOf } from './machine/verdict.ts';
import type { TicketAnswer, TicketReply } from './options.ts';
import type { Sequence } from './sequence.ts';

/** A request as the bearer of a token. The body of the answer is null where it is no JSON. */
export async function ask(
  { fetch }: Pick<Sequence, 'fetch'>,
  url: string,
  token: string,
  question: object,
  signal: AbortSignal,
): Promise<[body: unknown, response: Response]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
    cache: 'no-store',
    signal,
  });
  return [await response.json().catch(() => null), response];
}

/** Asks the server for a new ticket. */
export async function askTicket(
  sequence: Pick<Sequence, 'fetch' | 'ticketUrl'>,
  token: string,
  question: object,
  signal: AbortSignal,
): Promise<TicketReply | Failure> {
  const [body, { status, headers }] = await ask(sequence, sequence.ticketUrl, token, question, signal);
  return ticketOf(body as TicketAnswer, status, headers.get('retry-after'));
}

/** The ticket in an answer, or how it failed. @param status 0 where the answer is the application's */
export function ticketOf(answer: TicketAnswer, status = 0, retryAfter?: unknown): TicketReply | Failure {
  if (typeof answer === 'string') return { ticket: answer };
  const { ticket, code, error = status || answer ? code : 'SIGNED_OUT' } = (answer ?? {}) as Answer;
  if (ticket) return typeof ticket === 'string' ? (answer as TicketReply) : ticket;
  return failureOf(status, error, retryAfter);
}

interface Answer {
  readonly ticket?: string | TicketReply;
  readonly code?: string;
  readonly error?: string | undefined;
}
