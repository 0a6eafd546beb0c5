import type { Addresses } from './addresses.ts';
import type { Environment } from './environment.ts';
import { type Failure, httpFailure, ownFailure, publicCodeOf } from './machine/verdict.ts';
import type { LastFailure, TicketAnswer, TicketReply } from './options.ts';
import type { PublicCode } from './public-codes.ts';

/** Thrown by a step that fails, with what the machine has to know of it. */
export class StepFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.text);
    this.failure = failure;
  }
}

export interface TicketRequest {
  readonly token: string;
  readonly route: string | undefined;
  readonly lastFailure: LastFailure | null;
  readonly signal: AbortSignal;
}

type Platform = Pick<Environment, 'fetch'>;

/** Asks for a new ticket. @throws {StepFailure} where it is refused; anything where nothing answers */
export async function requestTicket(
  { fetch }: Platform,
  { ticket }: Addresses,
  { token, route, lastFailure, signal }: TicketRequest,
): Promise<TicketReply> {
  const response = await fetch(ticket, post(token, { route, lastFailure: lastFailure ?? undefined }, signal));
  const body = await response.json().catch(() => null);
  if (!response.ok)
    throw new StepFailure(httpFailure(response.status, body?.code, response.headers.get('retry-after')));
  return readTicket(body, response.status);
}

/** Asks why a ticket was refused. @returns null where that is not known */
export async function requestStatus(
  { fetch }: Platform,
  { status }: Addresses,
  { token, ticket, signal }: { token: string; ticket: string; signal: AbortSignal },
): Promise<PublicCode | null> {
  const response = await fetch(status, post(token, { ticket }, signal));
  const body = await response.json();
  return publicCodeOf(body?.lastRejection?.code);
}

function post(token: string, body: object, signal: AbortSignal): RequestInit {
  return {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    cache: 'no-store',
    signal,
  };
}

/** Reads what an application, or the server, gives for a ticket. @throws {StepFailure} where it is none */
export function readTicket(answer: TicketAnswer | undefined, status: number | null = null): TicketReply {
  if (answer === null && status === null) throw new StepFailure(ownFailure('SIGNED_OUT'));
  if (typeof answer === 'string') return { ticket: answer };
  const { ticket, error } = (answer ?? {}) as { ticket?: unknown; error?: string };
  if (typeof ticket === 'string') return answer as TicketReply;
  if (ticket) return readTicket(ticket as TicketReply);
  throw new StepFailure(httpFailure(status ?? 0, error));
}
