import type { Message, Messages } from '@admit-one/core';

/** Subscriptions that members share: one for each subject, until its last member leaves. */
export interface SharedSubscriptions<Member> {
  /** Returns the unsubscribe function. */
  subscribe(subject: string, member: Member): () => void;
}

/** @param receive called once for each message, with the members of its subject */
export function createSharedSubscriptions<Member>(
  messages: Messages,
  receive: (members: ReadonlySet<Member>, message: Message) => void,
): SharedSubscriptions<Member> {
  const shared = new Map<string, { readonly members: Set<Member>; readonly unsubscribe: () => void }>();

  function open(subject: string) {
    const members = new Set<Member>();
    const unsubscribe = messages.subscribe(subject, (message) => receive(members, message));
    const subscription = { members, unsubscribe };
    shared.set(subject, subscription);
    return subscription;
  }

  return {
    subscribe(subject, member) {
      const { members, unsubscribe } = shared.get(subject) ?? open(subject);
      members.add(member);
      return () => {
        if (!members.delete(member) || members.size > 0) return;
        shared.delete(subject);
        unsubscribe();
      };
    },
  };
}
