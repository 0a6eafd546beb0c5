import { type CloudEvent, type EventType, type NewEvent, newId, numbered } from '@admit-one/core';
import type { Session } from './session-events.ts';

let sequence = 0;

export const ownSession: Session = { issuer: 'anonymous', session: 'our-session' };

/** An event of a session, or without one. Each is later than the last. */
export function sampleEvent(principal: Session | null, over: Partial<NewEvent> = {}): CloudEvent {
  sequence += 1;
  const type: EventType = 'admit.ticket.issued';
  const time = Date.UTC(2026, 0, 1) + sequence;
  const { data, ...rest } = over;
  const event = { id: newId(), type, source: 'test', subject: `ticket-${sequence}`, time, traceparent: null };
  return numbered({ ...event, ...rest, data: { principal, ...data } }, 'p00.test', sequence);
}
