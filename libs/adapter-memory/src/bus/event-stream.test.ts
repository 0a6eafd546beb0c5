import { type EncodedEvent, encodeBatch, encodeEvent } from '@admit-one/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryBus } from '../create-memory-bus.ts';
import { createMemoryEventStream, type MemoryEventStreamOptions } from './event-stream.ts';

function event(source: string): EncodedEvent {
  const type = 'admit.service.alive';
  const data = { service: 'x'.repeat(1_000), lastSequence: 1, connections: 0 };
  return encodeEvent({ type, source, subject: 'test', time: 0, traceparent: null, data }, 'test', 1);
}

/** Room for three of the events above, and not for four. */
const maxBytes = Math.floor(3.5 * encodeBatch([event('1')]).byteLength);

function open(options: Partial<MemoryEventStreamOptions> = {}) {
  const stream = createMemoryEventStream({ maxBytes, ...options });
  onTestFinished(() => stream.close());
  return stream;
}

async function expectRoomFor(stream: ReturnType<typeof open>, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await stream.publish([event(`more-${n}`)]);
  await expect(stream.publish([event('too much')])).rejects.toMatchObject({ code: 'full' });
}

describe('an event stream in memory', () => {
  it('keeps everything for a consumer yet to come', async () => {
    await expectRoomFor(open(), 3);
  });

  it('makes room for what every consumer has handled', async () => {
    const stream = open();
    const handled = { first: 0, second: 0 };
    for (const name of ['first', 'second'] as const)
      await stream.consume(name, async (deliveries) => {
        handled[name] += deliveries.length;
      });
    for (let n = 1; n <= 10; n += 1) {
      await stream.publish([event(String(n))]);
      await expect.poll(() => handled).toEqual({ first: n, second: n });
    }
  });

  it('keeps what a stopped consumer has not handled', async () => {
    const stream = open();
    const running = await stream.consume('stopped', async () => {});
    await running.stop();
    await stream.consume('running', async () => {});
    await expectRoomFor(stream, 3);
  });

  it('hands over at a stop what was stored before it', async () => {
    const stream = open();
    let handled = 0;
    const running = await stream.consume('stopping', async (deliveries) => {
      handled += deliveries.length;
    });
    for (let n = 0; n < 3; n += 1) await stream.publish([event(String(n))]);
    await running.stop();
    expect(handled).toBe(3);
  });

  it('has one consumer under a name at a time', async () => {
    const stream = open();
    const running = await stream.consume('name', async () => {});
    await expect(stream.consume('name', async () => {})).rejects.toThrow('name is consumed already');
    await running.stop();
    await stream.consume('name', async () => {});
  });

  it('delivers again what a handler rejected, and leaves the error to the handler', async () => {
    const errors: unknown[] = [];
    const bus = createMemoryBus({ onError: (error) => errors.push(error) });
    onTestFinished(() => bus.close());
    let attempts = 0;
    await bus.events.consume('name', async () => {
      attempts += 1;
      throw new Error('this delivery is not taken');
    });
    await bus.events.publish([event('1')]);
    await expect.poll(() => attempts).toBeGreaterThan(1);
    expect(errors).toEqual([]);
  });

  it('takes no empty batch', async () => {
    await expect(open().publish([])).rejects.toThrow(TypeError);
  });
});
