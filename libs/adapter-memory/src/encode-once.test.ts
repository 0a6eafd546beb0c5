import { type Delivery, startRelay } from '@admit-one/core';
import { newEvent } from '@admit-one/port-contracts';
import { expect, it, vi } from 'vitest';
import { createMemoryBus } from './create-memory-bus.ts';
import { createMemoryStore } from './create-memory-store.ts';

it('encodes an event once between its append and its consumer, and decodes it never', async () => {
  const onError = (error: unknown) => expect.fail(String(error));
  const { store, outbox } = createMemoryStore({ source: 'test' });
  const bus = createMemoryBus({ onError });
  const deliveries: Delivery[] = [];
  await bus.events.consume('test', async (given) => void deliveries.push(...given));
  const spies = { encoded: vi.spyOn(JSON, 'stringify'), decoded: vi.spyOn(JSON, 'parse') };

  await store.record({
    ticketId: 'A'.repeat(43),
    key: 'key',
    event: newEvent({ source: 'counted' }),
    work: 'rejection',
  });
  const relay = startRelay({
    outbox,
    events: bus.events,
    owner: 'test',
    onError,
    onTooBig: ({ type }) => onError(type),
    gatherMs: 0,
  });
  await relay.stop();
  await bus.close();
  const encodings = spies.encoded.mock.calls.filter(([value]) => value?.source === 'counted').length;
  const decodings = spies.decoded.mock.calls.filter(([text]) => text.includes('"counted"')).length;
  vi.restoreAllMocks();

  const bodies = deliveries.map(({ body }) => Buffer.from(body).toString());
  expect(bodies.filter((body) => body.includes('"counted"'))).toHaveLength(1);
  expect({ encodings, decodings }).toEqual({ encodings: 1, decodings: 0 });
});
