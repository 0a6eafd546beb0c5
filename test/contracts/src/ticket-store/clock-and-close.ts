import type { ReceivedEvent } from '@admit-one/core';
import { expect } from 'vitest';
import { appendOf, queueOf, recordOf, type TicketStoreTests, ticketIn } from './subject.ts';

export const clockTests: TicketStoreTests = {
  'tells the store’s time in whole milliseconds, never going back': async ({ open }) => {
    const engine = await open();
    const { store } = engine;
    const times: number[] = [];
    for (let n = 0; n < 50; n += 1) {
      const ticketId = ticketIn(n % 16);
      times.push((await store.ping()).now, (await store.load(ticketId)).now);
      const appended = await store.append(await appendOf(engine, ticketId));
      times.push(appended.ok ? appended.now : Number.NaN);
    }
    expect(times.every(Number.isInteger)).toBe(true);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const aDay = 86_400_000;
    expect(Math.abs((times[0] ?? 0) - Date.now())).toBeLessThan(aDay);
  },

  'is unavailable after close, which may be repeated': async ({ open }) => {
    const engine = await open();
    const { store, outbox, control } = engine;
    const ticketId = ticketIn(0);
    const append = await appendOf(engine, ticketId);
    const [event] = (await queueOf(engine, 0)) as [ReceivedEvent];
    await store.close();
    await store.close();
    const calls = [
      store.load(ticketId),
      store.append(append),
      store.record(recordOf(ticketId)),
      store.inspect(ticketId),
      control.changes(null),
      control.enforce(),
      control.restore([]),
      store.ping(),
      outbox.lease(0, 'relay', 1_000),
      outbox.unlease(0, 'relay'),
      outbox.head(0, 1),
      outbox.remove(0, event),
      outbox.level(0),
    ];
    for (const answer of await Promise.allSettled(calls))
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { name: 'StoreError', code: 'unavailable' },
      });
  },
};
