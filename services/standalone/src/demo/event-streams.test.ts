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
  if (stream === 'too_many') throw new Error('too many streams');
  return stream;
}

async function linesOf(stream: EventStream): Promise<readonly string[]> {
  return (await text(stream.body)).split('\n').filter((line) => line !== '');
}

test('sends each event as one JSON line, all before the end', async () => {
  const stream = open();
  const events = [sampleEvent(ownSession), sampleEvent(ownSession, { data: { text: 'two\nlines' } })];
  stream.send(events.slice(0, 1));
  stream.send(events.slice(1));
  streams.endAll();
  const lines = await linesOf(stream);
  expect(lines.map((line) => JSON.parse(line))).toEqual(events);
});

test('sends an empty line at the start and as a heartbeat', async () => {
  const stream = open();
  vi.advanceTimersByTime(2 * limits.heartbeatMs);
  streams.endAll();
  expect(await text(stream.body)).toBe('\n\n\n');
});

test('ends after its lifetime', async () => {
  const stream = open();
  vi.advanceTimersByTime(limits.lifetimeMs);
  expect(await linesOf(stream)).toEqual([]);
});

test('limits streams per session and in all; an ended one makes room', async () => {
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

test('sessions of two issuers with one id are counted apart', () => {
  open();
  open();
  expect(streams.open({ ...ownSession, issuer: 'another' })).not.toBe('too_many');
});

test('disconnects a reader that does not read', () => {
  const stream = open();
  const ended = vi.fn();
  const data = { text: 'x'.repeat(1_000) };
  for (let n = 0; n < 20 && !stream.body.destroyed; n += 1) stream.send([sampleEvent(ownSession, { data })]);
  expect(stream.body.destroyed).toBe(true);
  stream.onEnd(ended);
  expect(ended).toHaveBeenCalledOnce();
});

test('endAll() disconnects a slow reader after a second', () => {
  const stream = open();
  stream.send([sampleEvent(ownSession)]);
  streams.endAll();
  vi.advanceTimersByTime(1_000);
  expect(stream.body.destroyed).toBe(true);
});

test('an ended stream leaves no timer', async () => {
  const stream = open();
  const ended = new Promise<void>((resolve) => stream.onEnd(resolve));
  stream.body.destroy();
  await ended;
  expect(vi.getTimerCount()).toBe(0);
});
