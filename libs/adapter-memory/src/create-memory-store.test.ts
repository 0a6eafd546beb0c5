import { type EventRecord, PARTITIONS, StoreError } from '@admit-one/core';
import { decode, newEvent, ticketStoreContract } from '@admit-one/port-contracts';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './create-memory-store.ts';

ticketStoreContract('memory', {
  open: async (bounds) => createMemoryStore({ source: 'contract', ...bounds }),
  openAfterLoss: async () => createMemoryStore({ source: 'contract' }),
});

describe('a store in memory', () => {
  const ticketId = 'A'.repeat(43);

  const rejected: EventRecord = {
    ticketId,
    key: 'one',
    event: newEvent({ type: 'admit.ticket.rejected', subject: ticketId }),
    work: 'rejection',
  };

  it('remembers for a minute what it recorded', async () => {
    let now = 1_000;
    const { store, outbox } = createMemoryStore({ source: 'test', now: () => now });
    await store.record(rejected);
    now += 59_999;
    await store.record(rejected);
    expect((await outbox.level(0)).events).toBe(2);
    now += 1;
    await store.record(rejected);
    expect((await outbox.level(0)).events).toBe(3);
  });

  it('lets its time stand still while the clock goes back', async () => {
    let now = 1_000.9;
    const { store } = createMemoryStore({ source: 'test', now: () => now });
    const times: number[] = [];
    for (const time of [1_000.9, 400, 999, 1_001.2]) {
      now = time;
      times.push((await store.ping()).now);
    }
    expect(times).toEqual([1_000, 1_000, 1_000, 1_001]);
  });

  it('announces the last event of each partition at its end, and takes no write after it', async () => {
    const { store, outbox } = createMemoryStore({ source: 'test' });
    await store.record(rejected);
    const woken: number[] = [];
    outbox.onAppend((partition) => woken.push(partition));
    await outbox.end();
    await outbox.end();
    const ends = await Promise.all(woken.map(async (partition) => (await outbox.head(partition, 9)).at(-1)));
    expect(ends.map((event) => event && decode(event))).toMatchObject(
      woken.map((partition) => {
        const sequence = partition === 0 ? 3 : 2;
        return {
          type: 'admit.store.stopped',
          sequence: expect.stringMatching(`^0*${sequence}$`),
          data: { lastSequence: sequence },
        };
      }),
    );
    expect(woken).toHaveLength(PARTITIONS);
    await expect(store.record({ ...rejected, key: 'two' })).rejects.toThrow(StoreError);
  });

  it('says that nothing was before its epoch, and names itself as the source', async () => {
    const [first, second] = [createMemoryStore({ source: 'a' }), createMemoryStore({ source: 'b' })];
    const [started] = (await first.outbox.head(0, 1)).map(decode);
    const [other] = await second.outbox.head(0, 1);
    expect(started).toMatchObject({ source: 'a', data: { previousEpoch: null, lastSequence: 0 } });
    expect(started?.partitionkey).not.toBe(other?.partitionkey);
  });

  it.each([
    [0, 5],
    [6, 5],
    [1.5, 5],
    [5, Number.NaN],
  ])('takes no bounds of %d and %d', (softBound, hardBound) => {
    expect(() => createMemoryStore({ source: 'test', softBound, hardBound })).toThrow(RangeError);
  });
});
