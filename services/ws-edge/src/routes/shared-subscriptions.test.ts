import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { countingMessages } from './counting-messages.fixture.ts';
import { createSharedSubscriptions } from './shared-subscriptions.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
});

function sharing(maxLingering: number) {
  const { messages, open } = countingMessages();
  const heard: string[] = [];
  const receive = (members: ReadonlySet<string>) => heard.push([...members].join());
  const shared = createSharedSubscriptions<string>(messages, receive, { lingerMs: 1_000, maxLingering });
  const publish = (subject: string) =>
    messages.publish({ subject, body: new Uint8Array(), headers: {}, reply: null });
  return { shared, open, heard, publish };
}

it('is one subscription for a subject, which nobody hears when the last one has left', async () => {
  const { shared, open, heard, publish } = sharing(10);
  shared.join('a', 'first');
  shared.join('a', 'second');
  shared.join('b', 'other');
  expect(open()).toBe(2);

  publish('a');
  await expect.poll(() => heard).toEqual(['first,second']);
  shared.leave('a', 'first');
  shared.leave('a', 'first');
  publish('a');
  await expect.poll(() => heard).toEqual(['first,second', 'second']);
  shared.leave('a', 'second');
  publish('a');
  publish('b');
  await expect.poll(() => heard).toEqual(['first,second', 'second', 'other']);
});

it('waits for another member, each for its time', () => {
  const { shared, open } = sharing(10);
  for (const subject of ['a', 'b', 'c']) shared.join(subject, 'one');
  shared.leave('a', 'one');
  vi.advanceTimersByTime(600);
  shared.leave('b', 'one');
  shared.join('a', 'again');
  vi.advanceTimersByTime(600);
  expect(open()).toBe(3);
  vi.advanceTimersByTime(400);
  expect(open()).toBe(2);
  shared.leave('a', 'again');
  vi.advanceTimersByTime(999);
  expect(open()).toBe(2);
  vi.advanceTimersByTime(1);
  expect(open()).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

it('waits with so many at most, and ends at once when it is stopped', () => {
  const { shared, open } = sharing(2);
  for (const subject of ['a', 'b', 'c', 'd']) shared.join(subject, 'one');
  for (const subject of ['a', 'b', 'c']) shared.leave(subject, 'one');
  expect(open()).toBe(3);
  shared.join('b', 'again');
  expect(open()).toBe(3);
  shared.stop();
  expect(open()).toBe(2);
  expect(vi.getTimerCount()).toBe(0);
});
