import type { Message, Messages } from '@admit-one/core';

type Receiver = (message: Message) => void;

/** Subscriptions that connections share: one for each subject, until its last subscriber leaves. */
export interface SharedSubscriptions {
  /** Returns the unsubscribe function. */
  subscribe(subject: string, receive: Receiver): () => void;
}

export function createSharedSubscriptions(messages: Messages): SharedSubscriptions {
  const shared = new Map<string, { readonly receivers: Set<Receiver>; readonly unsubscribe: () => void }>();

  function open(subject: string) {
    const receivers = new Set<Receiver>();
    const unsubscribe = messages.subscribe(subject, (message) => {
      for (const receive of receivers) receive(message);
    });
    const subscription = { receivers, unsubscribe };
    shared.set(subject, subscription);
    return subscription;
  }

  return {
    subscribe(subject, receive) {
      const { receivers, unsubscribe } = shared.get(subject) ?? open(subject);
      receivers.add(receive);
      return () => {
        if (!receivers.delete(receive) || receivers.size > 0) return;
        shared.delete(subject);
        unsubscribe();
      };
    },
  };
}
