import type { IncomingMessage } from 'node:http';
import { type CommandContext, handshakeKeyOf, isTicket, type Reason } from '@admit-one/core';
import { cappedContext } from '../capped-context.ts';
import { type TicketCarrier, ticketOf } from '../ticket-carriers.ts';
import { type Trace, traceOf } from './trace.ts';

/** A ticket that comes after the upgrade, in a message of the application's own protocol. */
export interface LateTicket {
  /**
   * What names the connection in that protocol, such as the id of a session that outlives its HTTP requests. It stands
   * for the handshake: what comes with the same key is one presentation.
   */
  readonly key: string;
  /** As it came, unchecked. Undefined or null: the request's own carriers are looked at. */
  readonly ticket?: unknown;
}

export interface PresentationRules {
  readonly carriers: readonly TicketCarrier[];
  readonly originPasses: (origin: string | undefined) => boolean;
  readonly route: string | null;
  readonly instance: string | null;
  readonly clientAddress: (request: IncomingMessage) => string | null;
}

/** What a request presents, and for the trail, where it comes from. */
export interface PresentedRequest {
  readonly handshake: string;
  readonly context: CommandContext;
  readonly trace: Trace;
  readonly verdict:
    | { readonly kind: 'ticket'; readonly ticket: string }
    | { readonly kind: 'refused'; readonly reason: Reason };
}

type Presented = { readonly carrier: CommandContext['carrier']; readonly ticket: string };

/** Looks at a request before anybody is asked about its ticket: the origin, and that there is exactly one ticket. */
export function readPresentation(
  request: IncomingMessage,
  rules: PresentationRules,
  late?: LateTicket,
): PresentedRequest {
  const { headers } = request;
  const presented = presentedBy(request, rules, late);
  const trace = traceOf(request.headersDistinct.traceparent?.[0]);
  const found = typeof presented === 'string' ? undefined : presented;
  return {
    handshake: handshakeKeyOf(late?.key ?? headers['sec-websocket-key']),
    context: cappedContext({
      address: rules.clientAddress(request),
      origin: headers.origin ?? null,
      agent: headers['user-agent'] ?? null,
      route: rules.route,
      carrier: found?.carrier ?? null,
      edge: rules.instance,
      traceparent: trace.traceparent,
    }),
    trace,
    verdict:
      typeof presented === 'string'
        ? { kind: 'refused', reason: presented }
        : { kind: 'ticket', ticket: presented.ticket },
  };
}

function presentedBy(
  request: IncomingMessage,
  { originPasses, carriers }: PresentationRules,
  late: LateTicket | undefined,
): Presented | Reason {
  if (!originPasses(request.headers.origin)) return 'origin_blocked';
  const ticket = late?.ticket ?? undefined;
  if (ticket !== undefined)
    return typeof ticket === 'string' && isTicket(ticket)
      ? { carrier: 'message', ticket }
      : 'ticket_malformed';
  const presented = ticketOf(request, carriers);
  if (presented === 'missing') return 'ticket_missing';
  return presented === 'malformed' ? 'ticket_malformed' : presented;
}
