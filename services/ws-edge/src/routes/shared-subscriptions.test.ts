import { createMemoryBus } from '@admit-one/adapter-memory';
import type { Messages } from '@admit-one/core';
import { expect, it, onTestFinished } from 'vitest';
import { createSharedSubscriptions } from './shared-subscriptions.ts';

function countingMessages() {
  const bus = createMemoryBus({ onFault: () => {} });
  onTestFinished(() => bus.close());
  let open = 0;
  const messages: Messages = {
    publish: bus.messages.publish,
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

it('is one subscription for a subject, until the last one leaves', async () => {
  const { messages, open } = countingMessages();
  const shared = createSharedSubscriptions(messages);
  const heard: string[] = [];
  const leaveFirst = shared.join('a', () => heard.push('first'));
  const leaveSecond = shared.join('a', () => heard.push('second'));
  const leaveOther = shared.join('b', () => heard.push('other'));
  expect(open()).toBe(2);

  messages.publish({ subject: 'a', body: new Uint8Array(), headers: {}, reply: null });
  await expect.poll(() => heard).toEqual(['first', 'second']);
  leaveFirst();
  leaveFirst();
  expect(open()).toBe(2);
  messages.publish({ subject: 'a', body: new Uint8Array(), headers: {}, reply: null });
  await expect.poll(() => heard).toEqual(['first', 'second', 'second']);
  leaveSecond();
  leaveOther();
  expect(open()).toBe(0);

  shared.join('a', () => heard.push('again'));
  expect(open()).toBe(1);
});
