import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEventStreams, type EventStream, type EventStreams } from './event-streams.ts';
import { ownSession, sampleEvent } from './events.fixture.ts';

const limits = {
  maxStreams: 3,
  maxPerSession: 2,
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

function open(session = ownSession.session): EventStream {
  const stream = streams.open({ ...ownSession, session });
  if (stream === 'too_many') throw new Error('there are too many');
  return stream;
}

async function linesOf(stream: EventStream): Promise<readonly string[]> {
  return (await text(stream.body)).split('\n').filter((line) => line !== '');
}

test('events go out as one JSON text per line, all of them before the end', async () => {
  const stream = open();
  const events = [sampleEvent(ownSession), sampleEvent(ownSession, { data: { text: 'two\nlines' } })];
  stream.send(events.slice(0, 1));
  stream.send(events.slice(1));
  streams.endAll();
  const lines = await linesOf(stream);
  expect(lines.map((line) => JSON.parse(line))).toEqual(events);
});

test('a stream begins with an empty line, and has another from time to time', async () => {
  const stream = open();
  vi.advanceTimersByTime(2 * limits.heartbeatMs);
  streams.endAll();
  expect(await text(stream.body)).toBe('\n\n\n');
});

test('it ends by itself', async () => {
  const stream = open();
  vi.advanceTimersByTime(limits.lifetimeMs);
  expect(await linesOf(stream)).toEqual([]);
});

test('a session has only so many, and all together too; one that has ended makes room', async () => {
  const first = open('a');
  open('a');
  expect(streams.open({ ...ownSession, session: 'a' })).toBe('too_many');
  open('b');
  expect(streams.open({ ...ownSession, session: 'c' })).toBe('too_many');

  const ended = new Promise<void>((resolve) => first.onEnd(resolve));
  first.body.destroy();
  await ended;
  open('c');
});

test('two issuers may name their sessions alike', () => {
  open();
  open();
  expect(streams.open({ ...ownSession, issuer: 'another' })).not.toBe('too_many');
});

test('a reader who does not read is cut off', () => {
  const stream = open();
  const ended = vi.fn();
  const data = { text: 'x'.repeat(1_000) };
  for (let n = 0; n < 20 && !stream.body.destroyed; n += 1) stream.send([sampleEvent(ownSession, { data })]);
  expect(stream.body.destroyed).toBe(true);
  stream.onEnd(ended);
  expect(ended).toHaveBeenCalledOnce();
});

test('one who does not read to the end does not hold the end up', () => {
  const stream = open();
  stream.send([sampleEvent(ownSession)]);
  streams.endAll();
  vi.advanceTimersByTime(1_000);
  expect(stream.body.destroyed).toBe(true);
});

test('a stream that has ended leaves no timer', async () => {
  const stream = open();
  const ended = new Promise<void>((resolve) => stream.onEnd(resolve));
  stream.body.destroy();
  await ended;
  expect(vi.getTimerCount()).toBe(0);
});
