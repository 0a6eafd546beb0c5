import { type EventType, type NewEvent, newId, numbered, type ReceivedEvent } from '@admit-one/core';
import type { Session } from './session.ts';

let sequence = 0;

export const ours: Session = { issuer: 'anonymous', session: 'our-session' };

interface Over {
  readonly type?: EventType;
  readonly subject?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** An event of a session, or of nobody; each later than the ones before. */
export function eventOf(whose: Session | null, over: Over = {}): ReceivedEvent {
  sequence += 1;
  const type: EventType = 'admit.ticket.issued';
  const time = Date.UTC(2026, 0, 1) + sequence;
  const { data, ...rest } = over;
  const event = { id: newId(), type, source: 'test', subject: `ticket-${sequence}`, time, traceparent: null };
  const made = { ...event, ...rest, data: { principal: whose, ...data } };
  return numbered(made as unknown as NewEvent, 'p00.test', sequence);
}
