import { expect, it } from 'vitest';
import { countingMessages } from './counting-messages.fixture.ts';
import { createSharedSubscriptions } from './shared-subscriptions.ts';

it('is one subscription for a subject, until the last one leaves', async () => {
  const { messages, open } = countingMessages();
  const heard: string[] = [];
  const shared = createSharedSubscriptions<string>(messages, (members) => heard.push(...members));
  const leaveFirst = shared.subscribe('a', 'first');
  const leaveSecond = shared.subscribe('a', 'second');
  const leaveOther = shared.subscribe('b', 'other');
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

  shared.subscribe('a', 'again');
  expect(open()).toBe(1);
});
