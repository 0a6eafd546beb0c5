/** Whose sequence an event type is numbered in: the ticket store's outbox, or the instance that reports it. */
export type SequenceOwner = 'store' | 'instance';

/** Every event type of Admit One. The subject on the bus is `admit.event.<noun>.<verb>`. */
export const eventTypes = {
  'admit.ticket.issued': 'store',
  'admit.ticket.reserved': 'store',
  'admit.ticket.consumed': 'store',
  'admit.ticket.released': 'store',
  'admit.ticket.rejected': 'store',
  'admit.ticket.revoked': 'store',
  'admit.session.revoked': 'store',
  'admit.store.started': 'store',
  'admit.issuance.rejected': 'instance',
  'admit.handshake.rejected': 'instance',
  'admit.connection.renewed': 'instance',
  'admit.connection.closed': 'instance',
  'admit.service.started': 'instance',
  'admit.service.alive': 'instance',
  'admit.service.stopped': 'instance',
  'admit.alert.fired': 'instance',
  'admit.alert.resolved': 'instance',
  'admit.audit.accessed': 'instance',
  'admit.audit.sealed': 'instance',
} as const satisfies Record<string, SequenceOwner>;

export type EventType = keyof typeof eventTypes;

/** Whether a value is one of the event types. */
export function isEventType(value: unknown): value is EventType {
  return typeof value === 'string' && Object.hasOwn(eventTypes, value);
}

/** What every event's subject on the bus begins with. */
export const EVENT_SUBJECT_PREFIX = 'admit.event.';

/** The subject on the bus that events of a type are published to. */
export function subjectOf(type: EventType): string {
  return EVENT_SUBJECT_PREFIX + type.slice('admit.'.length);
}

/** The kind of owner that a partition key names: `pNN.<epoch>` is the store's, anything else an instance. */
export function sequenceOwnerOf(partitionKey: string): SequenceOwner {
  return /^p(0\d|1[0-5])\./.test(partitionKey) ? 'store' : 'instance';
}
