import {
  carriers,
  eventTypes,
  type FilterFact,
  pathways,
  proofOf,
  reasons,
  ticketIdOf,
  ticketIn,
} from '@admit-one/core';
import { canonicalAddress, canonicalPrefix } from '@admit-one/text';
import { nearValues } from './near-values.ts';
import { invalidQuery } from './parameters.ts';

/** What a parameter that names a fact takes. */
interface FactParameter {
  readonly description: string;
  readonly example: string;
  /** All valid values, where they are few. */
  readonly values?: readonly string[];
  /** Behind "must be", where not every text is valid. */
  readonly form?: string;
  /** The value as the audit log has it, or null where it is not valid. */
  readonly read?: (text: string) => string | null;
}

/** What has the form of a ticket id, or of its beginning. */
export const TICKET_ID_BEGINNING = /^[\w-]{8,43}$/;
const TRACE_ID = /^[0-9a-f]{32}$/;

function oneOf(values: readonly string[]): Pick<FactParameter, 'values' | 'form' | 'read'> {
  return {
    values,
    form: `one of ${values.join(', ')}`,
    read: (text) => (values.includes(text) ? text : null),
  };
}

/** The parameter of each fact. Each can be given several times, and negated: `reason!=…`. */
export const factParameters: Readonly<Record<FilterFact, FactParameter>> = {
  type: {
    description: 'An event type.',
    example: 'admit.ticket.rejected',
    ...oneOf(eventTypes),
  },
  reason: {
    description: 'The reason of a rejection or a close, from docs/reasons.md.',
    example: 'ticket_replayed',
    ...oneOf(Object.keys(reasons)),
  },
  ticket: {
    description: 'A ticket id, or its first 8 or more characters.',
    example: 'u7lqBqkCwD',
    form: 'a ticket id or its first 8 or more characters (A-Z, a-z, 0-9, - and _)',
    read: (text) => {
      const ticket = ticketIn(text);
      if (ticket !== undefined) return idOfTicket(ticket);
      return TICKET_ID_BEGINNING.test(text) ? text : null;
    },
  },
  session: { description: 'A session.', example: '5f2c7d1e' },
  user: { description: 'A user id.', example: 'user-17' },
  connection: { description: 'A connection id.', example: 'c3VwcG9ydC1jb2RlLTAwMQ' },
  issuer: { description: 'The alias of the issuer of the token.', example: 'main' },
  kid: { description: 'The key that signed the token.', example: '2026-01' },
  origin: { description: 'The `Origin` header.', example: 'https://app.example.com' },
  route: { description: 'The route.', example: 'chat' },
  edge: { description: 'The instance that received the upgrade.', example: 'Rmr4wbIpQoG9sXhN1kzDkA' },
  pathway: { description: 'How the client was admitted.', example: 'ticket', ...oneOf(pathways) },
  carrier: { description: 'Where the ticket was presented.', example: 'query', ...oneOf(carriers) },
  agent: { description: 'The whole `User-Agent` header.', example: 'curl/8.5.0' },
  client: { description: 'The program that requested the ticket.', example: 'admit-one/0.1.0' },
  address: {
    description: "The client's address, or a prefix in CIDR notation.",
    example: '203.0.113.0/24',
    form: 'an IP address or a prefix',
    read: (text) => canonicalAddress(text) ?? canonicalPrefix(text),
  },
  synthetic: {
    description: 'Whether the event is of a probe. `synthetic!=true` leaves those out.',
    example: 'true',
    values: ['true'],
    form: 'true (synthetic!=true finds all other events)',
    read: (text) => (text === 'true' ? text : null),
  },
  source: { description: 'The instance that published the event.', example: 'ticket-service-1' },
  trace: {
    description: 'The trace id of the request: 32 hex digits.',
    example: '0af7651916cd43dd8448eb211c80319c',
    form: 'a trace id: 32 hex digits',
    read: (text) => (TRACE_ID.test(text.toLowerCase()) ? text.toLowerCase() : null),
  },
};

/** The id of a ticket: the ticket itself goes no further. */
export function idOfTicket(ticket: string): string {
  return ticketIdOf(proofOf(ticket));
}

/**
 * The value that a text stands for.
 * @throws {RejectionError} where it is not valid
 */
export function readFact(fact: FilterFact, text: string): string {
  const { read, form, example, values = [] } = factParameters[fact];
  const value = read ? read(text) : text;
  if (value !== null) return value;
  const near = nearValues(text, values);
  if (near.length > 0) throw invalidQuery(`${fact} has no such value: did you mean ${near.join(' or ')}?`);
  throw invalidQuery(`${fact} must be ${form}, such as ${example}.`);
}
