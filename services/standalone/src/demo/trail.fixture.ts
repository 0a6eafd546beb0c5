import { type CloudEvent, type EventType, type NewEvent, newId, numbered } from '@admit-one/core';

let sequence = 0;

/** A principal, as far as the trail tells whose an event is. */
export interface Whose {
  readonly issuer: string;
  readonly session: string;
}

export const ours: Whose = { issuer: 'anonymous', session: 'our-session' };

/** An event of a session, or of nobody; each later than the ones before. */
export function eventOf(whose: Whose | null, over: Partial<NewEvent> = {}): CloudEvent {
  sequence += 1;
  const type: EventType = 'admit.ticket.issued';
  const time = Date.UTC(2026, 0, 1) + sequence;
  const { data, ...rest } = over;
  const event = { id: newId(), type, source: 'test', subject: `ticket-${sequence}`, time, traceparent: null };
  return numbered({ ...event, ...rest, data: { principal: whose, ...data } }, 'p00.test', sequence);
}
