import { type EventFacts, factsOf, isEventType, type ReceivedEvent } from '@admit-one/core';

/** An event as the audit API sends it: with its position in the event stream. */
export type ApiEvent = ReceivedEvent & { readonly position?: string };

/** `GET /api/v1/audit/events`. */
export interface EventsReply {
  readonly events: readonly ApiEvent[];
  /** Continues right after this page. */
  readonly next: string;
  /** RFC 3339: up to here the log was searched. */
  readonly scannedTo: string;
  /** Nothing more for now. */
  readonly end: boolean;
}

/** The members without which a reply is not of this API. */
export const eventsMembers = ['events', 'next', 'end'] as const;

/** An event's facts; null where a later version of the server has a type that is unknown here. */
export function factsOfReply(event: ApiEvent): EventFacts | null {
  return isEventType(event.type) ? factsOf(event) : null;
}
