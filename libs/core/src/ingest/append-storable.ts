import type { ReceivedEvent } from '../events/cloud-event.ts';
import type { AppendedEvents } from '../ports/audit-log.ts';
import type { ReadDelivery } from './read-delivery.ts';

/** What an append has stored, and what is wrong with the events that it could not store. */
export interface StoredEvents extends AppendedEvents {
  readonly notStorable: ReadonlyMap<ReceivedEvent, string>;
}

/**
 * Appends messages. Where a value cannot be stored, the messages, and then the events of one, are halved until the event that has
 * it is found: it is left out, and stops no other.
 * @param valueIssueOf what is wrong with a value, where an error says that; undefined for all others, which are thrown
 */
export async function appendStorable<Message extends ReadDelivery>(
  messages: readonly Message[],
  append: (messages: readonly Message[]) => Promise<AppendedEvents>,
  valueIssueOf: (error: unknown) => string | undefined,
): Promise<StoredEvents> {
  try {
    return { ...(await append(messages)), notStorable: new Map() };
  } catch (error) {
    const text = valueIssueOf(error);
    const [message] = messages;
    if (text === undefined || !message) throw error;
    const [event, ...others] = message.events;
    if (messages.length === 1 && others.length === 0) {
      if (!event) throw error;
      const received = await append([{ ...message, events: [] }]);
      return { ...received, notStorable: new Map([[event.event, text]]) };
    }
    const [first, second] =
      messages.length > 1
        ? halvesOf(messages)
        : halvesOf(message.events).map((events) => [{ ...message, events }]);
    const one = await appendStorable(first ?? [], append, valueIssueOf);
    const other = await appendStorable(second ?? [], append, valueIssueOf);
    return {
      stored: [...one.stored, ...other.stored],
      conflicting: [...one.conflicting, ...other.conflicting],
      notStorable: new Map([...one.notStorable, ...other.notStorable]),
    };
  }
}

function halvesOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}
