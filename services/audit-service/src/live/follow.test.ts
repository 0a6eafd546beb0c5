import type { StoredEvent } from '@admit-one/core';
import { afterEach, expect, test, vi } from 'vitest';
import { follow } from './follow.ts';
import { type LogInMemory, logInMemory } from './live-tail.fixture.ts';
import { createLiveTail, type LiveTail } from './live-tail.ts';

const INTERVAL_MS = 500;

vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
const following: AbortController[] = [];

afterEach(() => {
  for (const abort of following.splice(0)) abort.abort();
  expect(vi.getTimerCount()).toBe(0);
});

function start(auditLog: LogInMemory) {
  const onRead = vi.fn();
  return { auditLog, tail: createLiveTail({ auditLog, intervalMs: INTERVAL_MS, onRead }), onRead };
}

interface Following {
  readonly events: StoredEvent[];
  readonly stop: () => void;
}

async function followed(
  auditLog: LogInMemory,
  tail: LiveTail,
  { session, since }: { session?: string; since?: string } = {},
): Promise<Following> {
  const events: StoredEvent[] = [];
  const take = (more: readonly StoredEvent[]) => void events.push(...more);
  const abort = new AbortController();
  following.push(abort);
  const { caughtUp } = await follow({
    auditLog,
    tail,
    filter: session === undefined ? {} : { facts: { session: { include: [session] } } },
    since,
    follower: { catchUp: async (more) => take(more), send: take },
    signal: abort.signal,
  });
  await caughtUp;
  return { events, stop: () => abort.abort() };
}

/** Lets the tail read once. */
async function tick(): Promise<void> {
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
}

test('from now on: new events alone', async () => {
  const { auditLog, tail } = start(logInMemory());
  auditLog.add('a');
  const { events } = await followed(auditLog, tail);
  const next = [auditLog.add('a'), auditLog.add('b')];
  await tick();
  expect(events).toEqual(next);
});

test('from the beginning of an empty log', async () => {
  const { auditLog, tail } = start(logInMemory());
  auditLog.streams = async () => [];
  const { events } = await followed(auditLog, tail);
  const first = auditLog.add('a');
  await tick();
  expect(events).toEqual([first]);
});

test('from a position: what was stored behind it, then new events, each once', async () => {
  const { auditLog, tail } = start(logInMemory());
  const [first, second] = [auditLog.add('a'), auditLog.add('b'), auditLog.add('a')];
  const { events } = await followed(auditLog, tail, { since: first!.position });
  const next = auditLog.add('a');
  await tick();
  await tick();
  expect(events.map(({ position }) => position)).toEqual([second!.position, '1.3.0', next.position]);
});

test('the filter holds for past and new events', async () => {
  const { auditLog, tail } = start(logInMemory());
  const past = [auditLog.add('a'), auditLog.add('b')];
  const { events } = await followed(auditLog, tail, { session: 'a', since: '0.0.0' });
  auditLog.add('b');
  const next = auditLog.add('a');
  await tick();
  expect(events).toEqual([past[0], next]);
});

test('many followers are one read', async () => {
  const { auditLog, tail } = start(logInMemory());
  const all = await Promise.all(['a', 'b', 'c'].map((session) => followed(auditLog, tail, { session })));
  const before = auditLog.queries;
  for (const session of ['a', 'b', 'c']) auditLog.add(session);
  await tick();
  expect(auditLog.queries - before).toBe(1);
  expect(all.map(({ events }) => events.length)).toEqual([1, 1, 1]);
});

test('events that the tail reads while the past is searched are sent once, none is missed', async () => {
  const { auditLog, tail } = start(logInMemory());
  await followed(auditLog, tail);
  const past = auditLog.add('a');
  await tick();
  const meanwhile: StoredEvent[] = [];
  let isFirst = true;
  auditLog.beforeQuery = async () => {
    if (!isFirst) return;
    isFirst = false;
    meanwhile.push(auditLog.add('a'));
    await tick();
    meanwhile.push(auditLog.add('a'));
  };
  const { events } = await followed(auditLog, tail, { session: 'a', since: '0.0.0' });
  const next = auditLog.add('a');
  await tick();
  expect(events).toEqual([past, ...meanwhile, next]);
});

test('an outage is reported, and then the tail continues where it was', async () => {
  const { auditLog, tail, onRead } = start(logInMemory());
  const { events } = await followed(auditLog, tail);
  auditLog.beforeQuery = () => Promise.reject(new Error('away'));
  const stored = auditLog.add('a');
  await tick();
  expect([events.length, onRead.mock.lastCall?.[0]]).toEqual([0, new Error('away')]);
  auditLog.beforeQuery = () => {};
  await tick();
  expect([events, onRead.mock.lastCall]).toEqual([[stored], []]);
});

test('without followers nothing is read; the next one begins at the horizon', async () => {
  const { auditLog, tail } = start(logInMemory());
  (await followed(auditLog, tail)).stop();
  const before = auditLog.queries;
  auditLog.add('a');
  await tick();
  expect(auditLog.queries).toBe(before);
  const { events } = await followed(auditLog, tail);
  const next = auditLog.add('a');
  await tick();
  expect(events).toEqual([next]);
});

test('a log that does not answer at the start is an error', async () => {
  const { auditLog, tail } = start(logInMemory());
  const { streams } = auditLog;
  auditLog.streams = () => Promise.reject(new Error('away'));
  await expect(followed(auditLog, tail)).rejects.toThrow('away');
  auditLog.streams = streams;
  auditLog.beforeQuery = () => Promise.reject(new Error('away'));
  await expect(followed(auditLog, tail, { since: '0.0.0' })).rejects.toThrow('away');
});
