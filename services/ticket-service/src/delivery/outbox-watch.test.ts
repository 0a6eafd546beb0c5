import {
  createStoreClock,
  type EncodedEvent,
  encodeEvent,
  eventCatalogue,
  type NewEvent,
  type Outbox,
  PARTITIONS,
  partitionName,
  StoreError,
} from '@admit-one/core';
import type { Meter } from '@admit-one/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type OutboxWatch, startOutboxWatch } from './outbox-watch.ts';

const LOOK_MS = 2_000;
const SOFT_BOUND = 10;
const everyPartition = Array.from({ length: PARTITIONS }, (_, partition) => partition);

let queues: EncodedEvent[][];
let isReadable: (partition: number) => boolean;
let watch: OutboxWatch;
let observeAges: Parameters<Meter['observe']>[1];

beforeEach(() => {
  vi.useFakeTimers();
  queues = everyPartition.map(() => []);
  isReadable = () => true;
  const clock = createStoreClock();
  clock.observe(Date.now());
  const meter = {
    observe(_: unknown, callback: typeof observeAges) {
      observeAges = callback;
      return () => {};
    },
  } as Partial<Meter> as Meter;
  watch = startOutboxWatch({ outbox: outboxOf(), clock, meter, lookEveryMs: LOOK_MS });
});

afterEach(async () => {
  await watch.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function outboxOf(): Outbox {
  const queue = (partition: number) => {
    if (!isReadable(partition)) throw new StoreError('unavailable', 'no answer');
    return queues[partition] ?? [];
  };
  return {
    head: async (partition: number, limit: number) => queue(partition).slice(0, limit),
    level: async (partition: number) => ({
      events: queue(partition).length,
      softBound: SOFT_BOUND,
      hardBound: 2 * SOFT_BOUND,
    }),
  } as unknown as Outbox;
}

let sequence = 0;

function append(partition: number, count = 1): void {
  const type = 'admit.ticket.rejected';
  for (let n = 0; n < count; n += 1) {
    sequence += 1;
    const data = eventCatalogue[type].example;
    const event = { id: 'a', type, source: 'a', subject: 'a', time: Date.now(), traceparent: null, data };
    queues[partition]?.push(encodeEvent(event as NewEvent, `${partitionName(partition)}.e`, sequence));
  }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function ages(): readonly number[] {
  const seconds: number[] = [];
  void observeAges({ value: (_, value) => seconds.push(Math.round(value)), histogram() {} });
  return seconds;
}

describe('the age of the oldest event', () => {
  it('is that of each partition, and 0 where none waits', async () => {
    append(3);
    await pass(10_000);
    append(4);
    append(3);
    await pass(5_000);
    expect(ages()).toEqual(everyPartition.map((partition) => ({ 3: 15, 4: 5 })[partition] ?? 0));
    queues[3]?.shift();
    await pass(LOOK_MS);
    expect(ages()[3]).toBe(7);
    queues[3] = [];
    await pass(LOOK_MS);
    expect(ages()[3]).toBe(0);
  });

  it('grows while its partition cannot be read', async () => {
    append(3);
    await pass(LOOK_MS);
    isReadable = () => false;
    await pass(58_000);
    expect(ages()[3]).toBe(60);
  });
});

describe('the relay is moving', () => {
  it('while nothing waits', async () => {
    await pass(600_000);
    expect(watch.isMoving()).toBe(true);
  });

  it('until events have waited for a minute, and again when one has left', async () => {
    append(3, 2);
    await pass(LOOK_MS);
    await pass(57_000);
    expect(watch.isMoving()).toBe(true);
    await pass(2 * LOOK_MS);
    expect(watch.isMoving()).toBe(false);
    queues[3]?.shift();
    await pass(LOOK_MS);
    expect(watch.isMoving()).toBe(true);
  });

  it('while another partition does', async () => {
    append(3);
    for (let n = 0; n < 60; n += 1) {
      queues[4] = [];
      append(4);
      await pass(LOOK_MS);
    }
    expect(watch.isMoving()).toBe(true);
  });
});

describe('the outbox has room', () => {
  it('until half of the partitions are at the soft bound', async () => {
    for (const partition of everyPartition.slice(0, 7)) append(partition, SOFT_BOUND);
    append(7, SOFT_BOUND - 1);
    await pass(LOOK_MS);
    expect(watch.hasRoom()).toBe(true);
    append(7);
    await pass(LOOK_MS);
    expect(watch.hasRoom()).toBe(false);
    queues[0]?.shift();
    await pass(LOOK_MS);
    expect(watch.hasRoom()).toBe(true);
  });
});
