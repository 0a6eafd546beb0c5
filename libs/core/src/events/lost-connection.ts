import type { EventData } from './catalogue.ts';
import type { NewEvent, ReceivedEvent } from './cloud-event.ts';

/** A connection that an event opened, and the instance that holds it. */
export interface OpenedConnection {
  readonly connection: string;
  readonly edge: string;
}

/**
 * The connection that an admission opened. Null for other events, and where the ticket was redeemed: a connection that
 * has the handshake's key for its id is held by a server that does not report its end.
 */
export function openedConnectionOf({ type, data }: ReceivedEvent): OpenedConnection | null {
  if (type !== 'admit.ticket.consumed') return null;
  const { connection, handshake, context } = data;
  const edge = (context as Partial<Record<string, unknown>> | null | undefined)?.edge;
  if (typeof connection !== 'string' || connection === '' || connection === handshake) return null;
  return typeof edge === 'string' && edge !== '' ? { connection, edge } : null;
}

/** How an end that nobody observed is described. */
const UNOBSERVED = {
  code: 1006,
  closeText: 'the edge was lost',
  initiator: 'edge',
  reason: 'edge_lost',
  messagesIn: null,
  bytesIn: null,
  messagesOut: null,
  bytesOut: null,
} as const;

export interface ConnectionLoss {
  /** The admission that opened the connection. */
  readonly consumed: ReceivedEvent;
  /** When its edge was last heard of, Unix milliseconds. */
  readonly edgeSeenAt: number;
  /** The instance that says so. */
  readonly source: string;
  /** Store time, Unix milliseconds. */
  readonly now: number;
}

/** The end of a connection whose edge is gone. */
export function lostConnectionEvent(loss: ConnectionLoss): NewEvent<'admit.connection.closed'> {
  const { consumed, edgeSeenAt, source, now } = loss;
  const { data } = consumed as { readonly data: Partial<EventData<'admit.ticket.consumed'>> };
  const { connection = '', principal, route, pathway, context } = data;
  return {
    type: 'admit.connection.closed',
    source,
    subject: connection,
    time: now,
    traceparent: consumed.traceparent ?? null,
    data: {
      ...UNOBSERVED,
      connection,
      ticketId: consumed.subject,
      principal: principal as EventData<'admit.connection.closed'>['principal'],
      route: context?.route ?? route ?? '',
      ...(pathway === 'jwt' && { pathway }),
      durationMs: Math.max(0, edgeSeenAt - Date.parse(consumed.time)),
    },
  };
}
