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
  /** Which routes a token may use. */
  readonly policy: TicketPolicy;
  /** What every request for a ticket has to pass. */
  readonly checkIssue: CheckIssue;
  /** Null where JWTs are not accepted. */
  readonly gate: JwtGate | null;
}

export function createVerifyExchange(options: VerifyExchangeOptions): VerifyExchange {
  const { authenticate, policy, checkIssue, gate } = options;
  return async ({ token, ...command }) => {
    if (!gate)
      throw new RejectionError('jwt_pathway_closed', {
        detail: 'AUTH_PATHWAYS of the ticket-service has no jwt.',
      });
    const { principal, claims } = await authenticate(`Bearer ${token}`);
    const { context, client } = command;
    ticketTermsOf(policy, { route: context.route, origin: null, address: null }, claims);
    if (!gate.isOpen(principal, { route: context.route, client }))
      throw new RejectionError('jwt_pathway_closed', {
        detail: 'JWT_PATHWAY_PERCENT closes the pathway for this user, route and client.',
      });
    await checkIssue(principal, context);
    return { ...command, principal };
  };
}
