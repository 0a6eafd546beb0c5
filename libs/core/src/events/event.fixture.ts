import { type CloudEvent, type NewEvent, numbered } from './cloud-event.ts';

/** A rejection that nobody has numbered yet. */
export function newEvent(over: Partial<NewEvent> = {}): NewEvent {
  return {
    id: 'event-1',
    type: 'admit.ticket.rejected',
    source: 'ticket-service-1',
    subject: 'ticket-1',
    time: Date.UTC(2026, 0, 1),
    traceparent: null,
    data: { reason: 'ticket_expired' },
    ...over,
  };
}

/** An event as the store numbers it. */
export function storedEvent(sequence: number, over: Partial<NewEvent> = {}): CloudEvent {
  return numbered(newEvent({ id: `event-${sequence}`, ...over }), 'p00.epoch', sequence);
}
