import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventCatalogue } from './events/catalogue.ts';
import { MAX_BATCH_BYTES } from './events/encoded-event.ts';
import { BusError, REJECTIONS_SHARE } from './ports/bus.ts';
import { TestStream } from './ports/event-stream.fixture.ts';
import { FOLD_MS } from './rejection-folding.ts';
import { type Report, type ReporterOptions, startReporter } from './reporter.ts';
import { SINGLE_REJECTIONS } from './source-rate.ts';
import { createStoreClock } from './store-clock.ts';

const STORE_NOW = Date.UTC(2026, 0, 1);
const ALIVE_MS = 10_000;
/** To the millisecond. */
const STARTED_AT = expect.closeTo(STORE_NOW, 0);

const closed: Report<'admit.connection.closed'> = {
  type: 'admit.connection.closed',
  subject: 'connection-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: eventCatalogue['admit.connection.closed'].example,
};

/** A report that differs in its text alone. */
function closedWith(closeText: string): Report {
  return { ...closed, data: { ...closed.data, closeText } };
}

/** A rejection from an address of its own. */
function rejectionFrom(n: number): Report {
  const { example: data } = eventCatalogue['admit.handshake.rejected'];
  const context = { ...data.context, address: `10.0.${n >> 8}.${n & 255}` };
  return { ...closed, type: 'admit.handshake.rejected', data: { ...data, context } };
}

let events: TestStream;
let errors: unknown[];
let losses: { readonly count: number; readonly because: unknown }[];

beforeEach(() => {
  vi.useFakeTimers();
  [events, errors, losses] = [new TestStream(), [], []];
});

afterEach(() => vi.useRealTimers());

function start(over: Partial<ReporterOptions> = {}) {
  const clock = createStoreClock();
  clock.observe(STORE_NOW);
  return startReporter({
    service: 'ws-edge',
    instance: 'ws-edge-1.a',
    events,
    clock,
    onError: (error) => errors.push(error),
    onLost: (count, because) => losses.push({ count, because }),
    aliveEveryMs: ALIVE_MS,
    gatherMs: 0,
    ...over,
  });
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const sequences = () => events.published.map(({ sequence }) => Number(sequence)).sort((a, b) => a - b);
const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);
const published = (type: string) => events.published.filter((event) => event.type === type);

describe('a reporter', () => {
  it('says that its instance has started, before anything else', async () => {
    start({ connections: () => 3 });
    await pass(0);
    expect(events.published).toEqual([
      {
        specversion: '1.0',
        id: 'ws-edge-1.a.0000000000000001',
        type: 'admit.service.started',
        source: 'ws-edge-1.a',
        subject: 'ws-edge-1.a',
        time: '2026-01-01T00:00:00.000Z',
        partitionkey: 'ws-edge-1.a',
        sequence: '0000000000000001',
        data: { service: 'ws-edge', lastSequence: 1, connections: 3, startedAt: STARTED_AT },
      },
    ]);
  });

  it('lets reports gather, and sends them together', async () => {
    const publish = vi.spyOn(events, 'publish');
    const reporter = start({ gatherMs: 50 });
    await pass(50);
    publish.mockClear();
    reporter.report(closed);
    await pass(49);
    reporter.report(closed);
    expect(publish).not.toHaveBeenCalled();
    await pass(1);
    expect(publish.mock.calls.map(([batch]) => batch.length)).toEqual([2]);
  });

  it('lets reports gather for longer where the last batch had many', async () => {
    const publish = vi.spyOn(events, 'publish');
    const reporter = start({ gatherMs: undefined });
    const sentAfter = async (reports: number) => {
      publish.mockClear();
      for (let n = 0; n < reports; n += 1) reporter.report(closed);
      let ms = 0;
      for (; publish.mock.calls.length === 0; ms += 10) await pass(10);
      return ms;
    };
    await pass(50);
    expect([await sentAfter(15), await sentAfter(16), await sentAfter(1), await sentAfter(1)]).toEqual([
      50, 50, 200, 50,
    ]);
  });

  it('stops with everything out, also what was reported while it sent', async () => {
    events.delay = () => new Promise((resolve) => setTimeout(resolve, 5));
    const reporter = start({ gatherMs: 50 });
    await pass(51);
    reporter.report(closed);
    const stopped = reporter.stop();
    await pass(20);
    await stopped;
    expect(sequences()).toEqual(upTo(3));
  });

  it('sends a report as it is told, in store time', async () => {
    const reporter = start();
    await pass(1_500);
    reporter.report(closed);
    await pass(0);
    expect(published(closed.type)).toMatchObject([
      { ...closed, source: 'ws-edge-1.a', partitionkey: 'ws-edge-1.a', time: '2026-01-01T00:00:01.500Z' },
    ]);
  });

  it('numbers everything that it says without a hole, and no id twice', async () => {
    const reporter = start();
    for (let n = 0; n < 1_000; n += 1) reporter.report(closed);
    await pass(ALIVE_MS / 10);
    expect(sequences()).toEqual(upTo(1_001));
    await pass(2 * ALIVE_MS);
    await reporter.stop();
    expect(sequences()).toEqual(upTo(1_004));
    expect(new Set(events.published.map(({ id }) => id)).size).toBe(1_004);
  });

  it('is alive every ten seconds, and tells its last sequence and its connections', async () => {
    let connections = 0;
    const reporter = start({ connections: () => connections });
    reporter.report(closed);
    connections = 7;
    await pass(ALIVE_MS);
    connections = 8;
    await pass(ALIVE_MS);
    expect(published('admit.service.alive').map(({ data }) => data)).toEqual([
      { service: 'ws-edge', lastSequence: 3, connections: 7, startedAt: STARTED_AT },
      { service: 'ws-edge', lastSequence: 4, connections: 8, startedAt: STARTED_AT },
    ]);
  });

  it('says what else there is to say of its process, each time again', async () => {
    let up = true;
    start({ about: () => ({ version: '1.2.3', dependencies: [{ name: 'nats', up, since: 1 }] }) });
    up = false;
    await pass(ALIVE_MS);
    const selves = [...published('admit.service.started'), ...published('admit.service.alive')];
    expect(selves.map(({ data }) => data)).toMatchObject([
      { version: '1.2.3', dependencies: [{ name: 'nats', up: true, since: 1 }] },
      { version: '1.2.3', dependencies: [{ up: false }] },
    ]);
  });

  it('keeps no process alive', async () => {
    const timers = [vi.spyOn(globalThis, 'setInterval'), vi.spyOn(globalThis, 'setTimeout')];
    start();
    await pass(ALIVE_MS);
    const made = timers.flatMap(({ mock }) => mock.results.map(({ value }) => value));
    expect(made.length).toBeGreaterThan(1);
    expect(made.filter((timer) => timer.hasRef())).toEqual([]);
  });

  it('sends batches of one type within the bound', async () => {
    events.rejects = () => true;
    const reporter = start();
    for (let n = 0; n < 100; n += 1) reporter.report(closedWith('x'.repeat(10_000)));
    await pass(0);
    events.rejects = () => false;
    await pass(1_000);
    expect(sequences()).toEqual(upTo(101));
    for (const batch of events.batches) {
      expect(new Set(batch.map(({ type }) => type)).size).toBe(1);
      expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThanOrEqual(MAX_BATCH_BYTES);
    }
  });
});

describe('while the bus is away', () => {
  beforeEach(() => {
    events.rejects = () => true;
  });

  it('a reporter keeps what it is told, never waits, never throws, and sends it in order afterwards', async () => {
    const reporter = start();
    for (let n = 0; n < 20; n += 1) {
      reporter.report(closedWith(String(n)));
      await pass(100);
    }
    expect(events.published).toEqual([]);
    events.rejects = () => false;
    await pass(5_000);
    expect(published(closed.type).map(({ data }) => Number(data.closeText))).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    );
    expect(sequences()).toEqual(upTo(21));
  });

  it('it does not ask the bus for every report', async () => {
    const reporter = start();
    let asked = 0;
    events.rejects = () => {
      asked += 1;
      return true;
    };
    for (let ms = 0; ms < 1_000; ms += 1) {
      reporter.report(closed);
      await pass(1);
    }
    expect(asked).toBeLessThan(20);
  });

  it('what does not fit into the buffer is lost, told, and a gap in the sequence', async () => {
    const reporter = start({ bufferLimit: 10 });
    for (let n = 0; n < 12; n += 1) reporter.report(closed);
    await pass(0);
    events.rejects = () => false;
    await pass(1_000);
    reporter.report(closed);
    await pass(0);
    expect(sequences()).toEqual([...upTo(10), 14]);
    const tooLong = 'the bus has been away for too long: 10 events wait, and later ones are lost';
    expect(errors.map(String).filter((error) => error.includes(tooLong))).toHaveLength(1);
    expect(losses).toEqual([{ count: 3, because: new Error(tooLong) }]);
  });

  it('a batch that was acknowledged may be sent again with one that was not, under the same ids', async () => {
    events.rejects = ([first]) => first?.type !== 'admit.service.started';
    const reporter = start();
    reporter.report(closed);
    await pass(100);
    events.rejects = () => false;
    await pass(1_000);
    expect(new Set(sequences())).toEqual(new Set([1, 2]));
    expect(new Set(events.published.map(({ id }) => id)).size).toBe(2);
  });
});

describe('a reporter that is stopped', () => {
  it('says so last, and resolves when everything is out', async () => {
    const reporter = start({ connections: () => 2 });
    for (let n = 0; n < 1_500; n += 1) reporter.report(closed);
    await reporter.stop();
    expect(sequences()).toEqual(upTo(1_502));
    expect(events.published.at(-1)).toMatchObject({
      type: 'admit.service.stopped',
      data: { service: 'ws-edge', lastSequence: 1_502, connections: 2 },
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says so once, however often it is stopped', async () => {
    const reporter = start();
    await Promise.all([reporter.stop(), reporter.stop()]);
    await reporter.stop();
    await pass(3 * ALIVE_MS);
    expect(events.published.map(({ type }) => type)).toEqual([
      'admit.service.started',
      'admit.service.stopped',
    ]);
  });

  it('fails where the bus is away: what it leaves unsaid is not hidden', async () => {
    events.rejects = () => true;
    const reporter = start();
    await pass(100);
    await expect(reporter.stop()).rejects.toThrow('no acknowledgement');
    expect(losses).toEqual([{ count: 2, because: new BusError('timeout', 'no acknowledgement') }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for a bus that comes back, and loses nothing', async () => {
    events.rejects = () => true;
    const reporter = start();
    reporter.report(closed);
    const stopped = reporter.stop(new AbortController().signal);
    await pass(15_000);
    events.rejects = () => false;
    await pass(1_000);
    await stopped;
    expect(sequences()).toEqual(upTo(3));
    expect(events.published.at(-1)).toMatchObject({ type: 'admit.service.stopped' });
    expect(losses).toEqual([]);
  });

  it('waits no longer than it may, and tells how many events are lost', async () => {
    events.rejects = () => true;
    const giving = new AbortController();
    const reporter = start({ bufferLimit: 10 });
    for (let n = 0; n < 20; n += 1) reporter.report(closed);
    const stopped = reporter.stop(giving.signal).catch((error: unknown) => error);
    await pass(15_000);
    expect(losses).toEqual([]);
    giving.abort();
    expect(await stopped).toMatchObject({ message: 'no acknowledgement' });
    expect(losses).toEqual([{ count: 22, because: await stopped }]);
  });

  it('says that it stops though the buffer is full: its last sequence tells what is missing', async () => {
    events.rejects = () => true;
    const reporter = start({ bufferLimit: 10 });
    for (let n = 0; n < 20; n += 1) reporter.report(closed);
    const stopped = reporter.stop(new AbortController().signal);
    await pass(100);
    events.rejects = () => false;
    await pass(1_000);
    await stopped;
    expect(events.published.at(-1)).toMatchObject({
      type: 'admit.service.stopped',
      data: { lastSequence: 22 },
    });
  });
});

describe('an event that is too big for the bus', () => {
  it('is lost, which is reported, and the others are published', async () => {
    events.isTooBig = ({ sequence }) => Number(sequence) === 2;
    const reporter = start();
    for (const n of [1, 2]) reporter.report(rejectionFrom(n));
    await pass(0);
    expect(losses).toEqual([{ count: 1, because: expect.any(Error) }]);
    expect(String(losses[0]?.because)).toContain('too big for the bus');
    expect(sequences()).toEqual([1, 3]);
    await pass(60_000);
    expect(losses).toHaveLength(1);
  });
});

describe('rejections', () => {
  const rejections = () => published('admit.handshake.rejected');
  const total = () => rejections().reduce((sum, { data }) => sum + Number(data.count), 0);

  it('above the rate of their source are one event a minute', async () => {
    const reporter = start();
    for (let n = 0; n < SINGLE_REJECTIONS + 250; n += 1) reporter.report(rejectionFrom(n), '192.0.2.1');
    for (let n = 0; n < 5; n += 1) reporter.report(rejectionFrom(n), '192.0.2.2');
    await pass(FOLD_MS + ALIVE_MS);
    expect(rejections()).toHaveLength(SINGLE_REJECTIONS + 6);
    expect(rejections().at(-1)).toMatchObject({
      subject: 'ws-edge-1.a',
      data: { count: 250, context: { address: '192.0.2.1' } },
    });
    expect(sequences()).toEqual(upTo(sequences().length));
  });

  it('take half of the buffer at most, and leave the rest to other events', async () => {
    events.rejects = () => true;
    const reporter = start({ bufferLimit: 100 });
    for (let n = 0; n < 500; n += 1) reporter.report(rejectionFrom(n));
    for (let n = 0; n < 10; n += 1) reporter.report(closed);
    await pass(2 * FOLD_MS);
    expect(losses).toEqual([]);
    events.rejects = () => false;
    await pass(2 * FOLD_MS);
    expect([rejections().length, total()]).toEqual([51, 500]);
    expect(published('admit.connection.closed')).toHaveLength(10);
    expect(losses).toEqual([]);
    expect(sequences()).toEqual(upTo(sequences().length));
  });

  it('are counted while half of the stream is used, and other events are not', async () => {
    const reporter = start();
    events.fillRatio = REJECTIONS_SHARE;
    for (let n = 0; n < 500; n += 1) reporter.report(rejectionFrom(n));
    for (let n = 0; n < 10; n += 1) reporter.report(closed);
    await pass(2 * FOLD_MS);
    expect([rejections().length, total()]).toEqual([1, 500]);
    expect(published('admit.connection.closed')).toHaveLength(10);
    events.fillRatio = REJECTIONS_SHARE - 0.01;
    reporter.report(rejectionFrom(1));
    await pass(ALIVE_MS);
    expect([rejections().length, total()]).toEqual([2, 501]);
  });

  it('are all reported at the stop', async () => {
    const reporter = start({ bufferLimit: 40 });
    for (let n = 0; n < 500; n += 1) reporter.report(rejectionFrom(n));
    await reporter.stop();
    expect(total()).toBe(500);
    expect(events.published.at(-1)?.type).toBe('admit.service.stopped');
  });
});
