import { expect } from 'vitest';
import { OFTEN } from '../waiting.ts';
import { ALL_PARTITIONS, type TicketStoreTests, untilStoreTime } from './subject.ts';

const partition = 6;
const LONG = 60_000;

export const leaseTests: TicketStoreTests = {
  'belongs to one owner at a time': async ({ open }) => {
    const { outbox } = await open();
    const owners = Array.from({ length: 10 }, (_, n) => `relay-${n}`);
    const granted = await Promise.all(owners.map((owner) => outbox.lease(partition, owner, LONG)));
    expect(granted.filter(Boolean)).toHaveLength(1);
    const again = await Promise.all(owners.map((owner) => outbox.lease(partition, owner, LONG)));
    expect(again).toEqual(granted);
  },

  'leases each partition by itself': async ({ open }) => {
    const { outbox } = await open();
    const owners = ALL_PARTITIONS.map((of) => `relay-${of}`);
    for (const [of, owner] of owners.entries()) expect(await outbox.lease(of, owner, LONG)).toBe(true);
    for (const of of ALL_PARTITIONS) expect(await outbox.lease(of, 'another', LONG)).toBe(false);
  },

  'ends by itself': async ({ open }) => {
    const engine = await open();
    const before = (await engine.store.ping()).now;
    expect(await engine.outbox.lease(partition, 'first', 100)).toBe(true);
    await expect.poll(() => engine.outbox.lease(partition, 'second', LONG), OFTEN).toBe(true);
    expect((await engine.store.ping()).now).toBeGreaterThanOrEqual(before + 100);
    expect(await engine.outbox.lease(partition, 'first', LONG)).toBe(false);
  },

  'is prolonged by its owner': async ({ open }) => {
    const engine = await open();
    expect(await engine.outbox.lease(partition, 'first', 1_000)).toBe(true);
    expect(await engine.outbox.lease(partition, 'first', LONG)).toBe(true);
    await untilStoreTime(engine, (await engine.store.ping()).now + 1_000);
    expect(await engine.outbox.lease(partition, 'second', LONG)).toBe(false);
  },

  'is given back by its owner, and by nobody else': async ({ open }) => {
    const { outbox } = await open();
    expect(await outbox.lease(partition, 'first', LONG)).toBe(true);
    await outbox.unlease(partition, 'second');
    expect(await outbox.lease(partition, 'second', LONG)).toBe(false);
    await outbox.unlease(partition, 'first');
    expect(await outbox.lease(partition, 'second', LONG)).toBe(true);
    await outbox.unlease(partition, 'first');
    expect(await outbox.lease(partition, 'first', LONG)).toBe(false);
  },
};
