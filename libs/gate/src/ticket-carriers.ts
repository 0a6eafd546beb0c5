import { isTicket } from '@admit-one/core';
import { offeredProtocols } from './offered-protocols.ts';

/** Where a ticket may be presented: `?ticket=<value>`, or `Sec-WebSocket-Protocol: admit.v1, ticket.<value>`. */
export const ticketCarriers = ['subprotocol', 'query'] as const;

export type TicketCarrier = (typeof ticketCarriers)[number];

/** What an upgrade presents: a ticket by its form, none, or something that is not exactly one. */
export type PresentedTicket =
  | { readonly carrier: TicketCarrier; readonly ticket: string }
  | 'missing'
  | 'malformed';

/** The parts of a request that may carry a ticket; Node's `IncomingMessage` is one. */
export interface TicketRequest {
  readonly url?: string | undefined;
  readonly headers: { readonly 'sec-websocket-protocol'?: string | undefined };
}

const PARAMETER = 'ticket';
const PROTOCOL_PREFIX = 'ticket.';

/**
 * Finds the ticket of a request. It must be there once, in one carrier, literally: an encoded, repeated or array form
 * is malformed, so that no two readers of a request can see different tickets.
 * @param carriers those that are looked at; a ticket in another one is not seen
 */
export function ticketOf(
  request: TicketRequest,
  carriers: readonly TicketCarrier[] = ticketCarriers,
): PresentedTicket {
  const found = carriers.map((carrier) => presentedIn[carrier](request));
  const present = found.filter((presented) => presented !== 'missing');
  if (present.length > 1) return 'malformed';
  return present[0] ?? 'missing';
}

const presentedIn: Readonly<Record<TicketCarrier, (request: TicketRequest) => PresentedTicket>> = {
  query({ url = '' }) {
    const start = url.indexOf('?');
    if (start === -1) return 'missing';
    const parameters = url
      .slice(start + 1)
      .split('&')
      .filter(meansTicket);
    const literal = parameters.map((parameter) =>
      parameter.startsWith(`${PARAMETER}=`) ? parameter.slice(PARAMETER.length + 1) : undefined,
    );
    return onlyTicketOf('query', literal);
  },
  subprotocol({ headers }) {
    const offered = offeredProtocols(headers['sec-websocket-protocol']);
    if (!offered) return 'malformed';
    const values = offered
      .filter((protocol) => protocol.startsWith(PROTOCOL_PREFIX))
      .map((protocol) => protocol.slice(PROTOCOL_PREFIX.length));
    return onlyTicketOf('subprotocol', values);
  },
};

/** Whether some reader of the query could take the parameter for the ticket: by its decoded name, or in array form. */
function meansTicket(parameter: string): boolean {
  const [encoded = ''] = parameter.split('=', 1);
  const name = decoded(encoded);
  return name === PARAMETER || name.startsWith(`${PARAMETER}[`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function onlyTicketOf(carrier: TicketCarrier, values: readonly (string | undefined)[]): PresentedTicket {
  if (values.length === 0) return 'missing';
  const [ticket] = values;
  return values.length === 1 && ticket !== undefined && isTicket(ticket) ? { carrier, ticket } : 'malformed';
}
