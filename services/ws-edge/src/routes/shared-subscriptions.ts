import type { Message, Messages } from '@admit-one/core';

/** Subscriptions that members share: one for each subject. */
export interface SharedSubscriptions<Member> {
  join(subject: string, member: Member): void;
  /** Does nothing where it has not joined. */
  leave(subject: string, member: Member): void;
  /** Ends the subscriptions without members. */
  stop(): void;
}

export interface Lingering {
  /** How long a subscription waits for another member when its last one has left. */
  readonly lingerMs: number;
  /** How many may wait; the one that waits for longest is ended for another. */
  readonly maxLingering: number;
}

interface Subscription<Member> {
  readonly members: Set<Member>;
  readonly unsubscribe: () => void;
  endsAt: number;
}

/**
 * A client that reconnects finds its subscriptions: ending and renewing them would cost more than the rest of its
 * messages.
 * @param receive called once for each message, with the members of its subject, of which there is at least one
 */
export function createSharedSubscriptions<Member>(
  messages: Messages,
  receive: (members: ReadonlySet<Member>, message: Message) => void,
  { lingerMs, maxLingering }: Lingering,
): SharedSubscriptions<Member> {
  const shared = new Map<string, Subscription<Member>>();
  /** Those without members, the one that waits for longest first. */
  const lingering = new Map<string, Subscription<Member>>();
  let timer: NodeJS.Timeout | undefined;

  function deliver(message: Message): void {
    const members = shared.get(message.subject)?.members;
    if (members && members.size > 0) receive(members, message);
  }

  function open(subject: string): Subscription<Member> {
    const unsubscribe = messages.subscribe(subject, deliver);
    const subscription = { members: new Set<Member>(), unsubscribe, endsAt: 0 };
    shared.set(subject, subscription);
    return subscription;
  }

  function linger(subject: string, subscription: Subscription<Member>): void {
    subscription.endsAt = performance.now() + lingerMs;
    lingering.set(subject, subscription);
    if (lingering.size > maxLingering) endOldest();
    timer ??= setTimeout(endDue, lingerMs).unref();
  }

  function endOldest(): void {
    for (const [subject, { unsubscribe }] of lingering) {
      lingering.delete(subject);
      shared.delete(subject);
      unsubscribe();
      return;
    }
  }

  function endDue(): void {
    timer = undefined;
    const now = performance.now();
    for (const { endsAt } of lingering.values()) {
      if (endsAt > now) {
        timer = setTimeout(endDue, endsAt - now).unref();
        return;
      }
      endOldest();
    }
  }

  return {
    join(subject, member) {
      const subscription = shared.get(subject) ?? open(subject);
      if (subscription.members.size === 0) lingering.delete(subject);
      subscription.members.add(member);
    },
    leave(subject, member) {
      const subscription = shared.get(subject);
      if (subscription?.members.delete(member) && subscription.members.size === 0)
        linger(subject, subscription);
    },
    stop() {
      clearTimeout(timer);
      while (lingering.size > 0) endOldest();
    },
  };
}
