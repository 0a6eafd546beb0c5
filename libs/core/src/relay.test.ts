import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestOutbox } from './ports/outbox.fixture.ts';
import { idsOf, LEASE_MS, POLL_MS, pass, relaying } from './relay.fixture.ts';
import { PARTITIONS, partitionName } from './ticket/identifiers.ts';

/** The worker's first pause after an error. */
const FIRST_RETRY_MS = 50;
const everyPartition = Array.from({ length: PARTITIONS }, (_, partition) => partition);

let { outbox, events, errors, start } = relaying();

beforeEach(() => {
  vi.useFakeTimers();
  ({ outbox, events, errors, start } = relaying());
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

  it('moves what others append with its next look', async () => {
    start();
    await pass(1);
    outbox.appendElsewhere(7);
    await pass(0);
    expect(events.published).toEqual([]);
    await pass(POLL_MS);
    expect(idsOf(events.published)).toEqual(['p07.epoch.1']);
  });

  it('looks at every partition however busy this process keeps one', async () => {
    events.delay = () => new Promise((resolve) => setTimeout(resolve, 5));
    outbox.before = (call, partition) => call === 'head' && partition === 3 && outbox.append(3);
    start();
    await pass(1);
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

  it('nothing of a round of which one batch was rejected', async () => {
    outbox.appendElsewhere(3, 2, 'admit.ticket.issued');
    outbox.appendElsewhere(3, 2, 'admit.ticket.reserved');
    events.rejects = ([first]) => first?.type === 'admit.ticket.reserved';
    start();
    await pass(40);
    expect(idsOf(events.published)).toEqual(['p03.epoch.1', 'p03.epoch.2']);
    expect(outbox.left).toHaveLength(4);
    events.rejects = () => false;
    await pass(1_000);
    expect(new Set(idsOf(events.published)).size).toBe(4);
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

  it.each(['lease', 'head'] as const)(
    'and an outbox that does not answer a %s is asked again',
    async (call) => {
      outbox.before = TestOutbox.unanswered(call, 40);
      outbox.appendElsewhere(3);
      start();
      await pass(2_000);
      expect(idsOf(events.published)).toEqual(['p03.epoch.1']);
    },
  );
});
