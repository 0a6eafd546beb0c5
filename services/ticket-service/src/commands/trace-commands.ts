import type { TicketCommand, TicketStore } from '@admit-one/core';
import type { Span, Tracing } from '@admit-one/runtime';

/** The span of a command; undefined where its trace is not sampled. A command of the bus was sent by another process. */
export function startCommandSpan(
  tracing: Tracing | null,
  ticketId: string,
  { type, context }: TicketCommand,
): Span | undefined {
  return tracing?.start(`ticket ${type}`, {
    kind: type === 'issue' ? 'internal' : 'server',
    parent: context.traceparent,
    attributes: { 'admit.ticket.id': ticketId },
  });
}

/** A store whose calls are spans of one command. */
export function traceStore(store: TicketStore, tracing: Tracing, parent: string): TicketStore {
  async function traced<Result>(operation: string, call: () => Promise<Result>): Promise<Result> {
    const attributes = { 'db.operation.name': operation };
    const span = tracing.start(`ticket store ${operation}`, { kind: 'client', parent, attributes });
    try {
      const result = await call();
      span?.end();
      return result;
    } catch (error) {
      span?.end({}, String(error));
      throw error;
    }
  }

  return {
    ...store,
    load: (ticketId) => traced('load', () => store.load(ticketId)),
    append: (append) => traced('append', () => store.append(append)),
    record: (record) => traced('record', () => store.record(record)),
  };
}
