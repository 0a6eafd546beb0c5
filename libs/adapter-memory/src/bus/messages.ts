import { BusError, type Message, type Messages } from '@admit-one/core';
import { assertSubject, createSubjectIndex } from './subject-index.ts';

export interface MemoryMessages extends Messages {
  /** Drops undelivered messages. */
  close(): void;
}

/** Called for each message until the subscription ends. */
interface Subscription {
  readonly handler: (message: Message) => void;
  left: boolean;
}

/**
 * Publish and subscribe in memory. Messages are delivered together in the next turn of the event loop, in the order
 * of publishing.
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
    backlogBytes: () => onTheWay.reduce((sum, { message }) => sum + message.body.byteLength, 0),
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

/** Later changes to the published message have no effect. */
function copyOf({ subject, body, headers, reply }: Message): Message {
  return { subject, body: Uint8Array.from(body), headers: { ...headers }, reply };
}
