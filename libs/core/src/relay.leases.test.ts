import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestStream } from './ports/event-stream.fixture.ts';
import { idsOf, LEASE_MS, POLL_MS, pass, relaying } from './relay.fixture.ts';
import { PARTITIONS } from './ticket/identifiers.ts';

let { outbox, events, start } = relaying();

beforeEach(() => {
  vi.useFakeTimers();
  ({ outbox, events, start } = relaying());
});

afterEach(() => vi.useRealTimers());

describe("a partition that is another relay's", () => {
  it('is left alone, though this process appends to it, until the lease ends', async () => {
    await outbox.lease(3, 'relay-2', LEASE_MS);
    const looked = vi.spyOn(outbox, 'head');
    start();
    outbox.append(3);
    await pass(LEASE_MS - 1);
    expect(looked.mock.calls.filter(([partition]) => partition === 3)).toEqual([]);
    expect(events.published).toEqual([]);
    await pass(POLL_MS);
    expect(idsOf(events.published)).toEqual(['p03.epoch.1']);
  });

  it('does not keep the others waiting', async () => {
    await outbox.lease(3, 'relay-2', LEASE_MS);
    outbox.appendElsewhere(3);
    outbox.appendElsewhere(4);
    start();
    await pass(0);
    expect(idsOf(events.published)).toEqual(['p04.epoch.1']);
  });
});

describe('a lease', () => {
  it('is prolonged by a relay at work, and not asked for at every look', async () => {
    const asked = vi.spyOn(outbox, 'lease');
    start();
    for (let looks = 0; looks < 100; looks += 1) {
      await pass(POLL_MS);
      expect(outbox.leases.get(3)).toMatchObject({ owner: 'relay-1', until: expect.toSatisfy(isAhead) });
    }
    expect(asked.mock.calls.length / PARTITIONS).toBeLessThan(15);
  });

  it('is released by a relay that cannot publish, so that another goes on', async () => {
    const away = new TestStream();
    away.rejects = () => true;
    start('relay-1', away);
    await pass(0);
    start('relay-2');
    outbox.appendElsewhere(3);
    await pass(2 * LEASE_MS);
    expect(idsOf(events.published)).toEqual(['p03.epoch.1']);
  });

  it('is given back at the stop, so that another relay goes on at once', async () => {
    const first = start('relay-1');
    await pass(0);
    expect(outbox.leases.size).toBe(PARTITIONS);
    await first.stop();
    expect(outbox.leases.size).toBe(0);
    outbox.appendElsewhere(3);
    start('relay-2');
    await pass(0);
    expect(idsOf(events.published)).toEqual(['p03.epoch.1']);
  });
});

describe('a relay that is stopped', () => {
  it('moves what is left first, more than one look’s worth of it', async () => {
    const relay = start();
    await pass(1);
    outbox.appendElsewhere(3, 1_500);
    await relay.stop();
    expect(events.published).toHaveLength(1_500);
    expect(outbox.left).toEqual([]);
  });

  it('looks at every partition once more, though it was just told of one that it has emptied', async () => {
    const relay = start();
    await pass(1);
    let stopped: Promise<void> | undefined;
    outbox.before = (call) => {
      if (call !== 'head') return;
      outbox.before = () => {};
      outbox.append(3);
      outbox.appendElsewhere(7);
      stopped = relay.stop();
    };
    outbox.append(3);
    await pass(0);
    await stopped;
    expect(events.published).toHaveLength(3);
    expect(outbox.left).toEqual([]);
  });

  it('lets a publication in hand finish', async () => {
    events.delay = () => new Promise((resolve) => setTimeout(resolve, 100));
    outbox.appendElsewhere(3);
    const stopped = start().stop();
    await pass(100);
    await stopped;
    expect(outbox.left).toEqual([]);
  });

  it('says so where the stream is away, keeps the events, and gives its leases back', async () => {
    events.rejects = () => true;
    outbox.appendElsewhere(3);
    const relay = start();
    await pass(1);
    await expect(relay.stop()).rejects.toThrow('no acknowledgement');
    expect(outbox.left).toHaveLength(1);
    expect(outbox.leases.size).toBe(0);
  });

  it('does nothing more, even if events are appended', async () => {
    await start().stop();
    outbox.append(3);
    await pass(10 * LEASE_MS);
    expect(events.published).toEqual([]);
    expect(outbox.listeners).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

function isAhead(until: number): boolean {
  return until > performance.now();
}
