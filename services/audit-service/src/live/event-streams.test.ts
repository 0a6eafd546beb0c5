import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEventStreams, type EventStream, type EventStreams } from './event-streams.ts';

const limits = {
  maxStreams: 3,
  maxPerOwner: 2,
  lifetimeMs: 60_000,
  heartbeatMs: 1_000,
  maxBufferedBytes: 10_000,
};

let streams: EventStreams;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
  streams = createEventStreams(limits);
});

afterEach(() => {
  vi.useRealTimers();
});

function open(owner = 'ann'): EventStream {
  const stream = streams.open(owner, { heartbeat: () => '.', behind: () => 'behind' });
  if (stream === 'too_many') throw new Error('too many streams');
  return stream;
}

test('sends all that was written before its end', async () => {
  const stream = open();
  stream.write('a');
  stream.write('b');
  streams.endAll();
  stream.write('c');
  expect(await text(stream.body)).toBe('.ab');
});

test('sends a heartbeat at the start and in its interval', async () => {
  const stream = open();
  vi.advanceTimersByTime(2 * limits.heartbeatMs);
  streams.endAll();
  expect(await text(stream.body)).toBe('...');
});

test('ends after its lifetime', async () => {
  const stream = open();
  const read = text(stream.body);
  vi.advanceTimersByTime(limits.lifetimeMs);
  expect(await read).toMatch(/^\.+$/);
});

test('limits streams per owner and in all; an ended one makes room', async () => {
  const text = { heartbeat: () => '', behind: () => '' };
  const first = open('a');
  open('a');
  expect(streams.open('a', text)).toBe('too_many');
  open('b');
  expect(streams.open('c', text)).toBe('too_many');
  first.body.destroy();
  await vi.waitUntil(() => first.signal.aborted, { timeout: 20_000 });
  open('c');
});

test('a reader that does not read is behind, and is disconnected', async () => {
  const stream = open();
  for (let n = 0; n < 20; n += 1) stream.write('x'.repeat(1_000));
  const sent = text(stream.body);
  expect(await sent).toMatch(/^\.x{10000}behind$/);
  const silent = open();
  for (let n = 0; n < 20; n += 1) silent.write('x'.repeat(1_000));
  vi.advanceTimersByTime(1_000);
  expect(silent.body.destroyed).toBe(true);
});

test('a reader that has not taken what was sent is waited for, until the stream ends', async () => {
  const stream = open();
  stream.write('x'.repeat(100_000));
  const drained = vi.fn();
  const waiting = stream.drained().then(drained);
  await Promise.resolve();
  expect(drained).not.toHaveBeenCalled();
  stream.body.resume();
  await waiting;

  const other = open();
  other.write('x'.repeat(100_000));
  const ended = other.drained();
  other.body.destroy();
  await ended;
});

test('endAll() disconnects a slow reader after a second', () => {
  const stream = open();
  stream.write('x');
  streams.endAll();
  vi.advanceTimersByTime(1_000);
  expect(stream.body.destroyed).toBe(true);
});

test('an ended stream leaves no timer', async () => {
  const stream = open();
  stream.body.destroy();
  await vi.waitUntil(() => stream.signal.aborted, { timeout: 20_000 });
  const ended = open();
  streams.endAll();
  ended.body.resume();
  await vi.waitUntil(() => ended.signal.aborted, { timeout: 20_000 });
  expect(vi.getTimerCount()).toBe(0);
});
