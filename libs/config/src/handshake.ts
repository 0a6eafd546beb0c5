import { carrierIssues, isTicketCarrier, type TicketCarrier } from '@admit-one/gate';
import { type Static, type TObject, Type } from 'typebox';
import { listVariable } from './read-variables.ts';

/** Variables of every service that checks handshakes: the ws-edge, and the ticket-service's forward authentication. */
export const handshakeVariables = {
  REQUIRE_ORIGIN: Type.Boolean({
    default: false,
    description: 'Reject clients that send no `Origin`. Browsers always send it; other clients rarely do.',
  }),
  TICKET_CARRIERS: listVariable({
    default: 'subprotocol,query',
    description: 'Where a ticket is accepted: subprotocol, query.',
    examples: ['subprotocol'],
  }),
};

type HandshakeVariables = Static<TObject<typeof handshakeVariables>>;

export interface HandshakeConfig {
  readonly requireOrigin: boolean;
  readonly carriers: readonly TicketCarrier[];
}

export function handshakeIssues({
  TICKET_CARRIERS: carriers,
}: Partial<HandshakeVariables>): readonly string[] {
  return carriers ? carrierIssues(carriers).map((issue) => `TICKET_CARRIERS: ${issue}`) : [];
}

/** @param variables without `handshakeIssues` */
export function handshakeConfigOf(variables: HandshakeVariables): HandshakeConfig {
  return {
    requireOrigin: variables.REQUIRE_ORIGIN,
    carriers: variables.TICKET_CARRIERS.filter(isTicketCarrier),
  };
}
