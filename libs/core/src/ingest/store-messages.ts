import type { ReceivedEvent } from '../events/cloud-event.ts';
import type { AppendedEvents, AuditLog } from '../ports/audit-log.ts';
import type { Delivery } from '../ports/bus.ts';
import { appendStorable } from './append-storable.ts';
import { deadLetterOf, type ReadDelivery, readDelivery, without } from './read-delivery.ts';
import type { SequenceRange } from './sequence-range.ts';

/** A message from the bus, as it was read. */
export interface ReceivedMessage extends ReadDelivery {
  readonly delivery: Delivery;
}

export interface StoreMessagesOptions {
  readonly range: SequenceRange;
  readonly append: (messages: readonly ReceivedMessage[]) => Promise<AppendedEvents>;
  readonly auditLog: Pick<AuditLog, 'keepDeadLetters'>;
  /** What is wrong with a value, where an error of `append` says that; undefined for all others, which are thrown. */
  readonly valueIssueOf: (error: unknown) => string | undefined;
}

export interface StoredMessages extends AppendedEvents {
  /** All that were appended, also those that were there before. */
  readonly events: readonly ReceivedEvent[];
  readonly deadLetters: readonly ReceivedMessage[];
}

export function receive(deliveries: readonly Delivery[]): readonly ReceivedMessage[] {
  return deliveries.map((delivery) => ({ delivery, ...readDelivery(delivery) }));
}

export function eventsOf(messages: readonly ReadDelivery[]): readonly ReceivedEvent[] {
  return messages.flatMap(({ events }) => events.map(({ event }) => event));
}

/**
 * Stores the events of messages, and as dead letters the messages in which something was no valid event, too far ahead of its
 * sequence or not storable.
 */
export async function storeMessages(
  received: readonly ReceivedMessage[],
  { range, append, auditLog, valueIssueOf }: StoreMessagesOptions,
): Promise<StoredMessages> {
  const outside = await range.outside(eventsOf(received));
  const inReach = received.map((message) => without(message, 'sequence_out_of_range', outside));
  const { stored, conflicting, notStorable } = await appendStorable(inReach, append, valueIssueOf);
  const read = inReach.map((message) => without(message, 'not_storable', notStorable));
  const deadLetters = read.filter(({ issues }) => issues.length > 0);
  await auditLog.keepDeadLetters(deadLetters.map(({ delivery, issues }) => deadLetterOf(delivery, issues)));
  return { stored, conflicting, events: eventsOf(read), deadLetters };
}
