import type { Tracing } from '@admit-one/runtime';
import { type Confirmed, type Rejection, type TicketClient, ticketSubjects } from '@admit-one/ticket-client';

type Request = 'reserve' | 'exchange' | 'confirm';

/** A ticket client whose requests on the bus are in the trace of their upgrade. */
export function traceTicketClient(client: TicketClient, tracing: Tracing | null): TicketClient {
  if (!tracing) return client;

  /** @param send gets the `traceparent` for the request: that of the request's span, if it has one */
  async function traced<Outcome extends { readonly kind: string } | Rejection>(
    request: Request,
    parent: string | null,
    send: (traceparent: string | null) => Promise<Outcome>,
  ): Promise<Outcome> {
    const subject = ticketSubjects[request];
    const attributes = { 'messaging.system': 'nats', 'messaging.destination.name': subject };
    const span = tracing?.start(`request ${request}`, { kind: 'client', parent, attributes });
    if (!span) return send(parent);
    try {
      const outcome = await send(span.traceparent);
      span.end({ 'admit.outcome': 'reason' in outcome ? outcome.reason : outcome.kind });
      return outcome;
    } catch (error) {
      span.end({}, String(error));
      throw error;
    }
  }

  return {
    ...client,
    async reserve(presented) {
      const { context } = presented;
      const parent = context.traceparent;
      const use = await traced(presented.jwt ? 'exchange' : 'reserve', parent, (traceparent) =>
        client.reserve({ ...presented, context: { ...context, traceparent } }),
      );
      if (use.kind === 'rejected') return use;
      return {
        ...use,
        confirm: (connection) =>
          traced<Confirmed | Rejection>('confirm', parent, (traceparent) =>
            use.confirm(connection, traceparent),
          ),
      };
    },
  };
}
