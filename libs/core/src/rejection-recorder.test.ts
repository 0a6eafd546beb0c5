import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { execute } from './execute.ts';
import { TestStore } from './ports/ticket-store.fixture.ts';
import { type EventRecord, StoreError } from './ports/ticket-store.ts';
import { FOLD_MS } from './rejection-folding.ts';
import { startRejectionRecorder } from './rejection-recorder.ts';
import { SINGLE_REJECTIONS } from './source-rate.ts';
import type { TicketCommand } from './ticket/commands.ts';
import { context, issue, reserve } from './ticket/ticket.fixture.ts';

const full = new StoreError('outbox_full', 'no room');
const unavailable = new StoreError('unavailable', 'no answer');

let store: TestStore;
let errors: unknown[];
let room: readonly EventRecord['work'][];

const stream = { fillRatio: 0 };

beforeEach(() => {
  vi.useFakeTimers();
  stream.fillRatio = 0;
  [store, errors, room] = [new TestStore(), [], ['rejection', 'folded']];
  store.before.record = ({ work }) => {
    if (!room.includes(work)) throw full;
  };
});

afterEach(() => vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function start() {
  const onError = (error: unknown) => void errors.push(error);
  const rejections = startRejectionRecorder({
    store,
    events: stream,
    source: 'ticket-service-1',
    networkOf: (address) => address.split('-')[0] ?? '',
    onError,
  });
  const newTicketIds = Array.from({ length: 5_000 }, (_, n) => `A${n}`);
  return {
    stop: rejections.stop,
    /** Presents an unknown ticket of the partition 0, which no command did before. */
    async reject(command: TicketCommand = reserve('H'), ticketId = newTicketIds.pop() ?? ''): Promise<void> {
      await execute(ticketId, command, { store, source: 'ticket-service-1', rejections });
    },
    /** Presents unknown tickets, from one address each or from many. */
    async flood(count: number, address = (_: number) => '192.0.2.1'): Promise<void> {
      for (let n = 0; n < count; n += 1)
        await this.reject(reserve('H', { context: { ...context, address: address(n) } }));
    },
  };
}

const manyAddresses = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
const counts = () => store.recorded.map(({ data }) => ('count' in data ? data.count : 0));
const total = () => counts().reduce((sum, count) => sum + count, 0);

describe('a flood of rejections', () => {
  it('from one source is recorded in one event a minute', async () => {
    const recorder = start();
    await recorder.flood(SINGLE_REJECTIONS + 250);
    expect(counts()).toEqual(Array(SINGLE_REJECTIONS).fill(1));
    await pass(FOLD_MS + 1_000);
    expect(counts().slice(SINGLE_REJECTIONS)).toEqual([250]);
    expect(store.recorded.at(-1)).toMatchObject({ subject: 'ticket-service-1', source: 'ticket-service-1' });
  });

  it('does not hide that a known ticket was presented again', async () => {
    const recorder = start();
    const again = (n: number) => reserve(`other-${n}`, { context: { ...context, address: '192.0.2.1' } });
    for (const ticketId of ['thief', 'victim']) {
      await recorder.reject(issue(), ticketId);
      await recorder.reject(reserve('own'), ticketId);
    }
    for (let n = 0; n < SINGLE_REJECTIONS + 250; n += 1) await recorder.reject(again(n), 'thief');
    for (let n = 0; n < 5; n += 1) await recorder.reject(again(n), 'victim');
    const ofVictim = store.recorded.filter(({ subject }) => subject === 'victim');
    expect(ofVictim).toMatchObject([{ data: { reason: 'ticket_in_use', count: 1 } }]);
    await pass(FOLD_MS + 1_000);
    expect(total()).toBe(SINGLE_REJECTIONS + 250 + 5);
  });

  it('from one network, at many addresses, is of one source', async () => {
    const recorder = start();
    await recorder.flood(SINGLE_REJECTIONS + 250, (n) => `network-${n}`);
    await pass(FOLD_MS + 1_000);
    expect(counts().slice(SINGLE_REJECTIONS)).toEqual([250]);
    expect(store.recorded.at(-1)?.data).toMatchObject({ context: { address: 'network' } });
  });

  it('from many sources without room is recorded in one event a minute and reason', async () => {
    const recorder = start();
    room = ['folded'];
    await recorder.flood(3_000, manyAddresses);
    await pass(FOLD_MS + 1_000);
    expect(counts()).toEqual([3_000]);
    await recorder.flood(10, manyAddresses);
    await pass(FOLD_MS + 1_000);
    expect(counts()).toEqual([3_000, 10]);
    expect(errors).toEqual([]);
  });

  it('is recorded in one event while half of the stream is used', async () => {
    const recorder = start();
    stream.fillRatio = 0.5;
    await recorder.flood(300, manyAddresses);
    await pass(FOLD_MS + 1_000);
    expect(counts()).toEqual([300]);
    stream.fillRatio = 0.49;
    await recorder.flood(2, manyAddresses);
    expect(counts()).toEqual([300, 1, 1]);
  });

  it('waits for room, and loses no count', async () => {
    const recorder = start();
    room = [];
    await recorder.flood(100, manyAddresses);
    await pass(5 * FOLD_MS);
    await recorder.flood(100, manyAddresses);
    expect(counts()).toEqual([]);
    room = ['folded'];
    await pass(2 * FOLD_MS);
    expect(counts()).toEqual([200]);
  });

  it('is recorded when the recorder stops', async () => {
    const recorder = start();
    await recorder.flood(SINGLE_REJECTIONS + 5);
    room = ['folded'];
    await recorder.flood(7, manyAddresses);
    await recorder.stop();
    expect(total()).toBe(SINGLE_REJECTIONS + 12);
  });

  it('that finds no room at the stop is told of', async () => {
    const recorder = start();
    room = [];
    await recorder.flood(5, manyAddresses);
    await expect(recorder.stop()).rejects.toMatchObject({ code: 'outbox_full', message: /5 rejections/ });
  });
});

describe('a repeated rejection', () => {
  it.each<[string, readonly EventRecord['work'][], number]>([
    ['recorded', ['rejection', 'folded'], 0],
    ['folded without room', ['folded'], 0],
    ['folded above the rate', ['rejection', 'folded'], SINGLE_REJECTIONS],
  ])('counts once: %s', async (_, roomFor, before) => {
    const recorder = start();
    await recorder.flood(before);
    room = roomFor;
    const copies = Array.from({ length: 3 }, () => recorder.reject(reserve('H'), 'A-same'));
    await Promise.all(copies);
    await recorder.reject(reserve('H'), 'A-same');
    await recorder.stop();
    expect(total()).toBe(before + 1);
  });
});

describe('a store that does not answer', () => {
  it('fails a rejection, which can be repeated', async () => {
    const recorder = start();
    store.before.record = () => {
      throw unavailable;
    };
    await expect(recorder.reject(reserve('H'), 'A-same')).rejects.toBe(unavailable);
    store.before = {};
    await recorder.reject(reserve('H'), 'A-same');
    expect(counts()).toEqual([1]);
  });

  it('gets a count again under its key, as its outcome is unknown', async () => {
    const recorder = start();
    room = ['folded'];
    await recorder.flood(20, manyAddresses);
    const keys: string[] = [];
    store.before.record = ({ key }) => {
      keys.push(key);
      if (keys.length < 3) throw unavailable;
    };
    await pass(FOLD_MS + 2_000);
    expect(new Set(keys).size).toBe(1);
    expect(counts()).toEqual([20]);
    expect(errors).toEqual([unavailable, unavailable]);
  });
});
