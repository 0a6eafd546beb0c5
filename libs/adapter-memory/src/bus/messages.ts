import { BusError, type Message, type Messages } from '@admit-one/core';
import { assertSubject, createSubjectIndex } from './subject-index.ts';

export interface MemoryMessages extends Messages {
  /** Drops what is on its way. */
  close(): void;
}

/** Called for each message of a subscription, until it is left. */
interface Subscription {
  readonly handler: (message: Message) => void;
  left: boolean;
}

/**
 * Makes publish and subscribe in memory. Messages go out together in the next turn of the event loop, in the order
 * they were published in; what is published meanwhile goes out in the turn after.
 */
export function createMemoryMessages(onError: (error: unknown) => void): MemoryMessages {
  const subscriptions = createSubjectIndex<Subscription>();
  let onTheWay: { readonly message: Message; readonly to: readonly Subscription[] }[] = [];
  let open = true;

  function deliverAll(): void {
    const delivered = onTheWay;
    onTheWay = [];
    for (const { message, to } of delivered) for (const subscription of to) deliver(message, subscription);
  }

  function deliver(message: Message, { handler, left }: Subscription): void {
    if (left || !open) return;
    try {
      handler(message);
    } catch (error) {
      onError(error);
    }
  }

  return {
    publish(message) {
      if (!open) throw new BusError('disconnected', 'the bus is closed');
      assertSubject(message.subject);
      const to = subscriptions.match(message.subject);
      if (to.length === 0) return;
      if (onTheWay.length === 0) setImmediate(deliverAll);
      onTheWay.push({ message: copyOf(message), to });
    },
    subscribe(subject, handler) {
      const subscription = { handler, left: false };
      const remove = subscriptions.add(subject, subscription);
      return () => {
        subscription.left = true;
        remove();
      };
    },
    close() {
      open = false;
    },
  };
}

/** What the publisher does to its message afterwards is its own affair. */
function copyOf({ subject, body, headers, reply }: Message): Message {
  return { subject, body: Uint8Array.from(body), headers: { ...headers }, reply };
}
