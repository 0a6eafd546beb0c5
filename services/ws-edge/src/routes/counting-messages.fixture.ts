import { createMemoryBus } from '@admit-one/adapter-memory';
import type { Messages } from '@admit-one/core';
import { onTestFinished } from 'vitest';

/** Messages in memory that know how many subscriptions are open. */
export function countingMessages(): { readonly messages: Messages; readonly open: () => number } {
  const bus = createMemoryBus({ onError: () => {} });
  onTestFinished(() => bus.close());
  let open = 0;
  const messages: Messages = {
    publish: bus.messages.publish,
    backlogBytes: bus.messages.backlogBytes,
    subscribe(subject, handler) {
      open += 1;
      const unsubscribe = bus.messages.subscribe(subject, handler);
      return () => {
        open -= 1;
        unsubscribe();
      };
    },
  };
  return { messages, open: () => open };
}
