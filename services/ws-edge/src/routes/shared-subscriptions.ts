import type { Message, Messages } from '@admit-one/core';

/** Takes a message for one connection. */
export type Receiver = (message: Message) => void;

/** Subscriptions that connections share: one for each subject, for as long as somebody wants it. */
export interface SharedSubscriptions {
  /** Returns the way out. */
  join(subject: string, receive: Receiver): () => void;
}

export function createSharedSubscriptions(messages: Messages): SharedSubscriptions {
  const shared = new Map<string, { readonly receivers: Set<Receiver>; readonly unsubscribe: () => void }>();

  function subscribe(subject: string) {
    const receivers = new Set<Receiver>();
    const unsubscribe = messages.subscribe(subject, (message) => {
      for (const receive of receivers) receive(message);
    });
    const subscription = { receivers, unsubscribe };
    shared.set(subject, subscription);
    return subscription;
  }

  return {
    join(subject, receive) {
      const { receivers, unsubscribe } = shared.get(subject) ?? subscribe(subject);
      receivers.add(receive);
      return () => {
        if (!receivers.delete(receive) || receivers.size > 0) return;
        shared.delete(subject);
        unsubscribe();
      };
    },
  };
}
