import { clientSchema, isTicket, newTicket } from '@admit-one/core';
import type { PresentedJwt } from '@admit-one/ticket-client';

/** Where a ticket may be presented: `?ticket=<value>`, or `Sec-WebSocket-Protocol: admit.v1, ticket.<value>`. */
export const ticketCarriers = ['subprotocol', 'query'] as const;

export type TicketCarrier = (typeof ticketCarriers)[number];

/**
 * The ticket that a handshake presents, by its form; `malformed` where there isn't exactly one. With a JWT, the ticket is a
 * new one, to be issued for it.
 */
export type TicketCredential =
  | { readonly carrier: TicketCarrier | 'message'; readonly ticket: string; readonly jwt?: PresentedJwt }
  | 'missing'
  | 'malformed';

const PARAMETER = 'ticket';
const LITERAL = `${PARAMETER}=`;
const PROTOCOL_PREFIX = 'ticket.';
const TICKET_LIKE = /^ticket\./i;
const JWT_PREFIX = 'jwt.';
const NONE: readonly string[] = [];
const CLIENT = new RegExp(clientSchema.pattern);

/**
 * Finds the ticket of a request. It must be there once, in one carrier, literally: an encoded, repeated or array form is
 * malformed, so that no two readers of a request can see different tickets.
 * @param protocols as `offeredProtocols` returns them
 * @param carriers the only ones that are searched
 */
export function credentialOf(
  target: string,
  protocols: readonly string[],
  carriers: readonly TicketCarrier[],
): TicketCredential {
  let found: TicketCredential = 'missing';
  for (const carrier of carriers) {
    const values = carrier === 'query' ? valuesInQuery(target) : valuesInProtocols(protocols);
    if (values.length === 0) continue;
    if (found !== 'missing') return 'malformed';
    found = onlyTicketOf(carrier, values);
  }
  return found;
}

/**
 * Finds the JWT of a request without a ticket: one, as `Sec-WebSocket-Protocol: admit.v1, jwt.<token>`. A request that shows a
 * ticket, in whatever carrier and form, is judged by that alone.
 */
export function jwtCredentialOf(target: string, protocols: readonly string[]): TicketCredential | undefined {
  const tokens = protocols.filter((protocol) => protocol.startsWith(JWT_PREFIX));
  const showsTicket =
    valuesInQuery(target).length > 0 || protocols.some((protocol) => TICKET_LIKE.test(protocol));
  if (tokens.length === 0 || showsTicket) return undefined;
  const [token = ''] = tokens.map((protocol) => protocol.slice(JWT_PREFIX.length));
  if (tokens.length > 1 || token === '') return 'malformed';
  const client = clientOf(target);
  return { carrier: 'subprotocol', ticket: newTicket(), jwt: { token, ...(client && { client }) } };
}

/** How the client names itself: `?client=<name>/<version>`. Undefined where it doesn't, or not in this form. */
function clientOf(target: string): string | undefined {
  const [, query = ''] = target.split('?', 2);
  const client = new URLSearchParams(query).get('client');
  return client !== null && client.length <= clientSchema.maxLength && CLIENT.test(client)
    ? client
    : undefined;
}

/**
 * The ticket that a request shows, in any carrier and however often: not to admit it, but to say whose request it was.
 * Undefined where it shows none, or different ones.
 */
export function shownTicketOf(target: string, protocols: readonly string[]): string | undefined {
  const shown = new Set([...valuesInQuery(target), ...valuesInProtocols(protocols)]);
  const [ticket, another] = [...shown].filter((value) => value !== undefined && isTicket(value));
  return another === undefined ? ticket : undefined;
}

/** The query of a request target without its `?`, and without the parameters that any parser could read as the ticket. */
export function queryWithoutTickets(target: string): string {
  const start = target.indexOf('?');
  if (start === -1) return '';
  const parameters = target.slice(start + 1).split('&');
  return parameters.filter((parameter) => !namesTicket(parameter)).join('&');
}

/** The values of all parameters that name a ticket; undefined for one that is not literal. */
function valuesInQuery(target: string): readonly (string | undefined)[] {
  const start = target.indexOf('?');
  if (start === -1) return NONE;
  const values: (string | undefined)[] = [];
  for (const parameter of target.slice(start + 1).split('&'))
    if (parameter.startsWith(LITERAL)) values.push(parameter.slice(LITERAL.length));
    else if (namesTicket(parameter)) values.push(undefined);
  return values;
}

function valuesInProtocols(protocols: readonly string[]): readonly string[] {
  const values: string[] = [];
  for (const protocol of protocols)
    if (protocol.startsWith(PROTOCOL_PREFIX)) values.push(protocol.slice(PROTOCOL_PREFIX.length));
  return values;
}

/** Whether some parser of the query could read the parameter as the ticket: by its decoded name, or in array form. */
function namesTicket(parameter: string): boolean {
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

function onlyTicketOf(carrier: TicketCarrier, values: readonly (string | undefined)[]): TicketCredential {
  const [ticket] = values;
  return values.length === 1 && ticket !== undefined && isTicket(ticket) ? { carrier, ticket } : 'malformed';
}

/** The problems of a list of carriers, as sentences for an operator. */
export function carrierIssues(names: readonly string[]): readonly string[] {
  if (names.length === 0) return ['names no carrier'];
  if (new Set(names).size < names.length) return ['names a carrier twice'];
  return names
    .filter((name) => !isTicketCarrier(name))
    .map((name) => `${JSON.stringify(name)} is not one of ${ticketCarriers.join(', ')}`);
}

export function isTicketCarrier(name: string): name is TicketCarrier {
  return (ticketCarriers as readonly string[]).includes(name);
}
