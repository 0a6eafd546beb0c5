import type { ServerUrls } from '../connect/server-requests.ts';
import { rejectionError, unexpectedReplyError, unreachableError } from '../http/http-errors.ts';
import { membersOf } from '../json-members.ts';
import { ownVersion } from '../version.ts';

export interface TicketRequest {
  readonly urls: ServerUrls;
  readonly route: string | undefined;
  readonly origin: string | undefined;
  readonly token: string;
}

export interface ProbeTicket {
  /** A secret. */
  readonly ticket: string;
  readonly ticketId: string;
  /** Whether the events of the ticket are left out of counts of users. */
  readonly synthetic: boolean;
}

/** Asks for a ticket, as a page of the origin does. @throws {CommandError} */
export async function requestTicket(
  { urls, route, origin, token }: TicketRequest,
  signal: AbortSignal,
): Promise<ProbeTicket> {
  const { href } = urls.ticket;
  const response = await fetch(href, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(origin !== undefined && { origin }),
    },
    body: JSON.stringify({ route, client: `admit-probe/${ownVersion()}` }),
    redirect: 'manual',
    signal,
  }).catch((error: unknown) => {
    throw unreachableError(urls.base, error);
  });
  const body = await response.text();
  if (!response.ok) throw rejectionError(href, response.status, body);
  const { ticket, ticketId, synthetic } = membersOf(body);
  if (typeof ticket !== 'string' || typeof ticketId !== 'string') throw unexpectedReplyError(href);
  return { ticket, ticketId, synthetic: synthetic === true };
}
