import {
  type Principal,
  proofOf,
  reasonRow,
  type TicketStore,
  ticketIdOf,
  ticketStatusAt,
} from '@admit-one/core';
import type { Static } from 'typebox';
import type { Authenticate } from '../http/authenticate.ts';
import type { StatusResponse } from '../http/http-schemas.ts';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';
import type { LimitRequests } from '../limits/issue-limits.ts';

export interface StatusDeps {
  readonly authenticate: Authenticate;
  readonly store: Pick<TicketStore, 'inspect'>;
  readonly limit: LimitRequests;
}

/**
 * The status of a ticket and its last rejection, for the session that it was issued for. Other sessions get the same
 * answer as for an unknown ticket. It changes nothing, and a revoked session may ask too: it may have to learn that.
 * @throws {RejectionError} and nothing else
 */
export async function getTicketStatus(
  client: { readonly authorization: string | undefined; readonly clientAddress: string | null },
  ticket: string,
  { authenticate, store, limit }: StatusDeps,
): Promise<Static<typeof StatusResponse>> {
  try {
    const principal = await authenticate(client.authorization, client.clientAddress);
    await limit(principal);
    const ticketId = ticketIdOf(proofOf(ticket));
    const { state, now, lastRejection: reason } = await store.inspect(ticketId);
    if (state.status === 'none' || !isSameSession(state.ticket.principal, principal))
      return { ticketId, state: 'unknown', lastRejection: null };
    const lastRejection = reason && { reason, code: reasonRow(reason).code };
    return { ticketId, state: ticketStatusAt(state, now), lastRejection };
  } catch (error) {
    throw rejectionErrorOf(error);
  }
}

function isSameSession(one: Principal, other: Principal): boolean {
  return one.issuer === other.issuer && one.session === other.session;
}
