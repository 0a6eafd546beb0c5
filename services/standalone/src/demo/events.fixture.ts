import { type EventType, type NewEvent, numbered, type ReceivedEvent } from '@admit-one/core';
import type { Session } from './session-events.ts';

let sequence = 0;

export const ownSession: Session = { issuer: 'anonymous', session: 'our-session' };

interface Overrides {
  readonly type?: EventType;
  readonly subject?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** An event of a session, or without one. Each is later than the last. */
export function sampleEvent(principal: Session | null, over: Overrides = {}): ReceivedEvent {
  sequence += 1;
  const type: EventType = 'admit.ticket.issued';
  const time = Date.UTC(2026, 0, 1) + sequence;
  const { data, ...rest } = over;
  const event = { type, source: 'test', subject: `ticket-${sequence}`, time, traceparent: null };
  const sample = { ...event, ...rest, data: { principal, ...data } };
  return numbered(sample as unknown as NewEvent, 'p00.test', sequence);
}
