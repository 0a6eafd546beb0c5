import {
  type NewEvent,
  NO_TICKET,
  numbered,
  parseEvent,
  partitionName,
  type ReceivedEvent,
} from '@admit-one/core';
import { expect } from 'vitest';
import {
  ALL_PARTITIONS,
  appended,
  appendOf,
  queueOf,
  recordOf,
  type TicketStoreTests,
  ticketEvent,
  ticketIn,
} from './subject.ts';

function sequencesOf(events: readonly ReceivedEvent[]): readonly number[] {
  return events.map(({ sequence }) => Number(sequence));
}

function upTo(length: number): readonly number[] {
  return Array.from({ length }, (_, n) => n + 1);
}

function epochOf({ partitionkey }: ReceivedEvent): string {
  return partitionkey.slice('pNN.'.length);
}

export const numberingTests: TicketStoreTests = {
  'begins an epoch in every partition with admit.store.started': async ({ open }) => {
    const engine = await open();
    for (const partition of ALL_PARTITIONS) {
      const [started, ...others] = (await queueOf(engine, partition)) as [ReceivedEvent];
      expect(others).toEqual([]);
      expect(parseEvent(started)).toBe(started);
      expect(started).toMatchObject({ type: 'admit.store.started', sequence: '0000000000000001' });
      expect(started.partitionkey).toMatch(new RegExp(`^${partitionName(partition)}\\..+$`));
      expect(Object.keys(started.data).sort()).toEqual(['lastSequence', 'previousEpoch']);
    }
  },

  'gives events as they were appended and recorded, with their number': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(9);
    const data = { nothing: null, list: [], empty: {}, nested: [{ a: [0.5, 1e21] }], text: 'ü 🎟 \u0000 "\\' };
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const events = [
      ticketEvent(ticketId, { data, traceparent }),
      ticketEvent(ticketId),
      ticketEvent(ticketId),
    ];
    await appended(engine, ticketId, { events: events.slice(0, 2) });
    await engine.store.record(recordOf(ticketId, { event: events[2] as NewEvent }));
    const [started, ...queue] = (await queueOf(engine, 9)) as [ReceivedEvent];
    expect(queue).toEqual(events.map((event, n) => numbered(event, started.partitionkey, n + 2)));
  },

  'numbers a partition without a hole, in the order of writes, over appends and records': async ({
    open,
  }) => {
    const engine = await open();
    const written: string[] = [];
    for (let n = 0; n < 10; n += 1) {
      const ticketId = ticketIn(10);
      const [first, second, third] = [1, 2, 3].map(() => ticketEvent(ticketId)) as [
        NewEvent,
        NewEvent,
        NewEvent,
      ];
      await appended(engine, ticketId, { events: [first, second] });
      await engine.store.record(recordOf(ticketIn(10), { event: third }));
      written.push(...[first, second, third].map(({ source }) => source));
    }
    const [started, ...queue] = (await queueOf(engine, 10)) as [ReceivedEvent];
    expect(queue.map(({ source }) => source)).toEqual(written);
    expect(sequencesOf([started, ...queue])).toEqual(upTo(31));
    expect(new Set(queue.map(({ partitionkey }) => partitionkey))).toEqual(new Set([started.partitionkey]));
  },

  'numbers without a hole where writes meet': async ({ open }) => {
    const engine = await open();
    const ids = Array.from({ length: 100 }, () => ticketIn(11));
    await Promise.all(
      ids.map((ticketId, n) =>
        n % 2 === 0
          ? appended(engine, ticketId, { events: [ticketEvent(ticketId), ticketEvent(ticketId)] })
          : engine.store.record(recordOf(ticketId)),
      ),
    );
    const queue = await queueOf(engine, 11);
    expect(sequencesOf(queue)).toEqual(upTo(151));
    for (const ticketId of ids.filter((_, n) => n % 2 === 0)) {
      const [first, second] = sequencesOf(queue.filter(({ subject }) => subject === ticketId));
      expect(second).toBe((first ?? 0) + 1);
    }
  },

  'numbers each partition by itself': async ({ open }) => {
    const engine = await open();
    await Promise.all(ALL_PARTITIONS.map((partition) => appended(engine, ticketIn(partition))));
    const queues = await Promise.all(ALL_PARTITIONS.map((partition) => queueOf(engine, partition)));
    for (const queue of queues) expect(sequencesOf(queue)).toEqual([1, 2]);
    expect(new Set(queues.flat().map(({ partitionkey }) => partitionkey)).size).toBe(ALL_PARTITIONS.length);
  },

  'goes on numbering where the outbox was emptied': async ({ open }) => {
    const engine = await open();
    for (const sequence of [2, 3, 4]) {
      await appended(engine, ticketIn(12));
      const last = (await queueOf(engine, 12)).at(-1) as ReceivedEvent;
      expect(Number(last.sequence)).toBe(sequence);
      await engine.outbox.remove(12, last);
    }
  },

  'knows no ticket of an earlier epoch, and numbers from the start': async ({ open, openAfterLoss }) => {
    const before = await open();
    const ticketId = ticketIn(13);
    const version = await appended(before, ticketId);
    const last = (await queueOf(before, 13)).at(-1) as ReceivedEvent;
    await before.store.close();

    const after = await openAfterLoss();
    expect(await after.store.load(ticketId)).toMatchObject({ version: null, state: NO_TICKET });
    const late = await appendOf(after, ticketId, { expectedVersion: version });
    expect(await after.store.append(late)).toEqual({ ok: false, because: 'version' });
    expect(await appended(after, ticketId)).not.toBe(version);

    const queue = await queueOf(after, 13);
    const ofEpoch = queue.slice(queue.findIndex((event) => epochOf(event) !== epochOf(last)));
    const started = ofEpoch[0] as ReceivedEvent;
    expect(new Set(ofEpoch.map(epochOf))).toEqual(new Set([epochOf(started)]));
    expect(sequencesOf(ofEpoch)).toEqual([1, 2]);
    expect(started.type).toBe('admit.store.started');
    const { previousEpoch, lastSequence } = started.data;
    if (previousEpoch === null) expect(lastSequence).toBe(0);
    else {
      expect(previousEpoch).toBe(epochOf(last));
      expect(lastSequence).toBeLessThanOrEqual(Number(last.sequence));
    }
  },
};
