import type { TicketPolicy } from '@admit-one/config';
import type { ExchangeCommand } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import type { AuthenticateWithClaims } from '../http/authenticate.ts';
import type { CheckIssue } from '../issue/issue-ticket.ts';
import { ticketTermsOf } from '../issue/ticket-terms.ts';
import type { JwtGate } from './jwt-gate.ts';
import type { UnverifiedExchange } from './read-request.ts';

/** Verifies the JWT of a handshake. @throws {RejectionError} where it admits nobody @throws {StoreError} */
export type VerifyExchange = (exchange: UnverifiedExchange) => Promise<ExchangeCommand>;

export interface VerifyExchangeOptions {
  readonly authenticate: AuthenticateWithClaims;
  readonly policy: TicketPolicy;
  /** What every request for a ticket has to pass. */
  readonly checkIssue: CheckIssue;
  /** Null where JWTs are not accepted. */
  readonly gate: JwtGate | null;
}

export function createVerifyExchange(options: VerifyExchangeOptions): VerifyExchange {
  const { authenticate, policy, checkIssue, gate } = options;
  return async ({ token, ...command }) => {
    if (!gate) throw closed('AUTH_PATHWAYS of the ticket-service has no jwt.');
    const { context, client } = command;
    const { principal, claims } = await authenticate(`Bearer ${token}`, context.address);
    if (!gate.isOpen(principal, { route: context.route, client }))
      throw closed('JWT_PATHWAY_PERCENT closes the pathway for this user, route and client.');
    // Its ticket is bound to its handshake, so only whether the token may use the route matters.
    ticketTermsOf(policy, { route: context.route, origin: null, address: null }, claims);
    await checkIssue(principal, context);
    return { ...command, principal };
  };
}

function closed(detail: string): RejectionError {
  return new RejectionError('jwt_pathway_closed', { detail });
}
