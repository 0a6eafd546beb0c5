import {
  type Principal,
  proofOf,
  type Reason,
  reasonRow,
  type TicketStore,
  ticketIdOf,
  ticketStatusAt,
} from '@admit-one/core';
import type { Static } from 'typebox';
import type { Authenticate } from '../http/authenticate.ts';
import type { StatusResponse } from '../http/http-schemas.ts';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';

export interface StatusRequest {
  readonly authorization: string | undefined;
  readonly ticket: string;
}

/**
 * Tells what became of a ticket, and why it was refused the last time, to the session that it was issued for. Anybody
 * else is told what is told of a ticket that there is not. Nothing changes by it, and a revoked session may ask too:
 * that it is revoked may be what it has to learn.
 * @throws {Refusal} and nothing else
 */
export type GetStatus = (request: StatusRequest) => Promise<Static<typeof StatusResponse>>;

export interface GetStatusOptions {
  readonly authenticate: Authenticate;
  readonly store: Pick<TicketStore, 'inspect'>;
}

/** Makes the answer to questions about tickets. */
export function createGetStatus({ authenticate, store }: GetStatusOptions): GetStatus {
  return async ({ authorization, ticket }) => {
    try {
      const asking = await authenticate(authorization);
      const ticketId = ticketIdOf(proofOf(ticket));
      const { state, now, lastRejection } = await store.inspect(ticketId);
      if (state.status === 'none' || !isSameSession(state.ticket.principal, asking))
        return { ticketId, state: 'unknown', lastRejection: null };
      return { ticketId, state: ticketStatusAt(state, now), lastRejection: told(lastRejection) };
    } catch (error) {
      throw rejectionErrorOf(error);
    }
  };
}

function isSameSession(one: Principal, other: Principal): boolean {
  return one.issuer === other.issuer && one.session === other.session;
}

function told(reason: Reason | null) {
  return reason && { reason, code: reasonRow(reason).code };
}
