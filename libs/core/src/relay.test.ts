import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventPlace } from './events/cloud-event.ts';
import { TestOutbox } from './ports/outbox.fixture.ts';
import { StoreError } from './ports/ticket-store.ts';
import { idsOf, LEASE_MS, POLL_MS, pass, relaying } from './relay.fixture.ts';
import { PARTITIONS, partitionName } from './ticket/identifiers.ts';

/** The worker's first pause after an error. */
const FIRST_RETRY_MS = 50;
const everyPartition = Array.from({ length: PARTITIONS }, (_, partition) => partition);

let { outbox, events, errors, tooBig, start } = relaying();

beforeEach(() => {
  vi.useFakeTimers();
  ({ outbox, events, errors, tooBig, start } = relaying());
});

afterEach(() => vi.useRealTimers());

const ofPartition = (partition: number) =>
  events.published.filter(({ partitionkey }) => partitionkey === `${partitionName(partition)}.epoch`);

describe('a relay', () => {
  it('moves what waits in every partition, in order', async () => {
    for (const partition of everyPartition) outbox.appendElsewhere(partition, 3);
    const waiting = everyPartition.map((partition) => idsOf(outbox.queues[partition] ?? []));
    start();
    await pass(0);
    expect(everyPartition.map((partition) => idsOf(ofPartition(partition)))).toEqual(waiting);
    expect(outbox.left).toEqual([]);
  });

  it('moves any number of events without a pause', async () => {
    outbox.appendElsewhere(3, 2_000);
    start();
    await pass(0);
    expect(events.published).toHaveLength(2_000);
    expect(outbox.left).toEqual([]);
  });

  it('moves what this process appends at once', async () => {
    start();
    await pass(1);
    outbox.append(3);
    await pass(0);
    expect(idsOf(events.published)).toEqual(['p03.epoch.1']);
  });

  it('lets what this process appends gather, and moves it together', async () => {
    ({ outbox, events, errors, start } = relaying({ gatherMs: 50 }));
    const publish = vi.spyOn(events, 'publish');
    start();
    await pass(1);
    outbox.append(3);
    await pass(49);
    outbox.append(7);
    expect(publish).not.toHaveBeenCalled();
    await pass(1);
    expect(publish.mock.calls.map(([batch]) => idsOf(batch))).toEqual([['p03.epoch.1', 'p07.epoch.1']]);
  });

  it('moves what others append with its next look, which comes soon while something moves', async () => {
    start();
    await pass(1);
    outbox.appendElsewhere(7);
    await pass(0);
    expect(events.published).toEqual([]);
    await pass(4 * POLL_MS);
    expect(idsOf(events.published)).toEqual(['p07.epoch.1']);
    outbox.appendElsewhere(7);
    await pass(POLL_MS);
    expect(idsOf(events.published)).toEqual(['p07.epoch.1', 'p07.epoch.2']);
  });

  it('looks at every partition however busy this process keeps one', async () => {
    events.delay = () => new Promise((resolve) => setTimeout(resolve, 5));
    outbox.before = (call, partition) => call === 'head' && partition === 3 && outbox.append(3);
    start();
    await pass(1);
    outbox.append(3);
    outbox.appendElsewhere(7);
    await pass(POLL_MS + 15);
    expect(idsOf(ofPartition(7))).toEqual(['p07.epoch.1']);
    expect(ofPartition(3).length).toBeGreaterThan(40);
  });
});

describe('only what the stream has acknowledged is removed', () => {
  it('nothing where the stream is away; everything once it is back', async () => {
    events.rejects = () => true;
    outbox.appendElsewhere(3, 2);
    start();
    await pass(1_000);
    expect(outbox.left).toHaveLength(2);
    expect(errors.length).toBeGreaterThan(2);
    events.rejects = () => false;
    await pass(2_000);
    expect(idsOf(events.published)).toEqual(['p03.epoch.1', 'p03.epoch.2']);
    expect(outbox.left).toEqual([]);
  });

  it('nothing before the acknowledgement', async () => {
    events.delay = () => new Promise((resolve) => setTimeout(resolve, 100));
    outbox.appendElsewhere(3);
    start();
    await pass(99);
    expect(outbox.left).toHaveLength(1);
    await pass(1);
    expect(outbox.left).toEqual([]);
  });

  it('in a round of which one batch was rejected, only what is ahead of that batch', async () => {
    outbox.appendElsewhere(3, 2, 'admit.ticket.issued');
    outbox.appendElsewhere(3, 2, 'admit.ticket.reserved');
    events.rejects = ([first]) => first?.type === 'admit.ticket.reserved';
    start();
    await pass(40);
    expect(idsOf(events.published)).toEqual(['p03.epoch.1', 'p03.epoch.2']);
    expect(idsOf(outbox.left)).toEqual(['p03.epoch.3', 'p03.epoch.4']);
    events.rejects = () => false;
    await pass(1_000);
    expect(idsOf(events.published)).toEqual(['p03.epoch.1', 'p03.epoch.2', 'p03.epoch.3', 'p03.epoch.4']);
    expect(outbox.left).toEqual([]);
  });

  it('and what failed is tried again first, whatever was appended meanwhile', async () => {
    await outbox.lease(4, 'relay-2', LEASE_MS);
    start();
    await pass(1);
    events.rejects = () => true;
    outbox.append(3);
    await pass(1);
    events.rejects = () => false;
    outbox.append(4);
    await pass(FIRST_RETRY_MS);
    expect(idsOf(events.published)).toEqual(['p03.epoch.1']);
  });

  it('what could not be removed is published again, under the same ids', async () => {
    outbox.before = TestOutbox.unanswered('remove', 2);
    outbox.appendElsewhere(3, 2);
    start();
    await pass(1_000);
    expect(idsOf(events.published)).toEqual(
      Array.from({ length: 3 }, () => ['p03.epoch.1', 'p03.epoch.2']).flat(),
    );
    expect(outbox.left).toEqual([]);
    expect(errors).toHaveLength(2);
  });

  it.each([
    ['lease', 40],
    ['level', 40],
    ['head', 4],
  ] as const)('and an outbox that does not answer a %s is asked again', async (call, times) => {
    outbox.before = TestOutbox.unanswered(call, times);
    outbox.appendElsewhere(3);
    start();
    await pass(2_000);
    expect(idsOf(events.published)).toEqual(['p03.epoch.1']);
  });
});

describe('a partition that fails', () => {
  const isOf = (partition: number) => {
    const key = `${partitionName(partition)}.epoch`;
    return (batch: readonly EventPlace[]) => batch.some(({ partitionkey }) => partitionkey === key);
  };
  const failures: Readonly<Record<string, () => void>> = {
    'cannot be leased': () => failCalls('lease'),
    'cannot be read': () => failCalls('head'),
    'cannot be published': () => {
      events.rejects = isOf(3);
    },
    'cannot be removed': () => failCalls('remove'),
  };

  function failCalls(failing: string): void {
    outbox.before = (call, partition) => {
      if (call === failing && partition === 3) throw new StoreError('unavailable', 'no answer');
    };
  }

  it.each(Object.entries(failures))('does not stop the others where it %s', async (_, fail) => {
    fail();
    for (const partition of everyPartition) outbox.appendElsewhere(partition, 3);
    start();
    await pass(2 * FIRST_RETRY_MS);
    expect(idsOf(outbox.left)).toEqual(['p03.epoch.1', 'p03.epoch.2', 'p03.epoch.3']);
    await pass(60_000);
    outbox.append(4);
    await pass(1);
    expect(idsOf(ofPartition(4)).at(-1)).toBe('p04.epoch.4');
  });

  it.each(Object.entries(failures))('goes on by itself after it %s', async (_, fail) => {
    fail();
    outbox.appendElsewhere(3, 3);
    start();
    await pass(60_000);
    expect(outbox.left).toHaveLength(3);
    outbox.before = () => {};
    events.rejects = () => false;
    await pass(5_000);
    expect(outbox.left).toEqual([]);
  });

  it('is retried with backoff, and reported once for each attempt', async () => {
    failures['cannot be published']?.();
    for (const partition of everyPartition) outbox.appendElsewhere(partition);
    start();
    await pass(60_000);
    expect(errors.length).toBeGreaterThan(10);
    expect(errors.length).toBeLessThan(25);
  });

  it('is left to another relay, which may do better', async () => {
    failures['cannot be published']?.();
    start();
    await pass(1);
    outbox.append(3);
    await pass(1);
    expect(outbox.leases.has(3)).toBe(false);
    expect(outbox.leases.get(4)).toMatchObject({ owner: 'relay-1' });
  });

  it('does not keep a relay from publishing the rest at its stop, which reports it', async () => {
    failures['cannot be published']?.();
    const relay = start();
    await pass(1);
    for (const partition of [3, 4]) outbox.appendElsewhere(partition, 1_500);
    await expect(relay.stop()).rejects.toThrow('no acknowledgement');
    expect(outbox.queues[4]).toEqual([]);
    expect(outbox.queues[3]).toHaveLength(1_500);
    expect(outbox.leases.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an event that is too big for the bus', () => {
  it('leaves the outbox, is handed over, and holds up no other', async () => {
    for (const partition of [3, 4]) outbox.appendElsewhere(partition, 3);
    const [big] = outbox.queues[3]?.slice(1) ?? [];
    const others = outbox.left.filter((event) => event !== big);
    events.isTooBig = (event) => event === big;
    start();
    await pass(0);
    expect(idsOf(tooBig)).toEqual(['p03.epoch.2']);
    expect(idsOf(events.published).toSorted()).toEqual(idsOf(others).toSorted());
    expect(outbox.left).toEqual([]);
    expect(errors).toEqual([]);
  });
});
