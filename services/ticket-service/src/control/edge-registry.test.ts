import { BusError, type Message, type Messages } from '@admit-one/core';
import { type ControlEdgeMessage, controlSubjects, jsonMessage } from '@admit-one/ticket-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEdgeRegistry, type EdgeRegistry } from './edge-registry.ts';

const RESULT = { id: 'q', connections: 1, listed: [] };

let hear: (message: Message) => void;
let registry: EdgeRegistry;

const messages: Messages = {
  publish() {},
  backlogBytes: () => 0,
  subscribe(_, handler) {
    hear = handler;
    return () => {};
  },
};

beforeEach(() => {
  vi.useFakeTimers();
  registry = createEdgeRegistry(messages);
  tell({});
});

afterEach(() => {
  vi.useRealTimers();
});

/** What an edge says. */
function tell(message: Partial<ControlEdgeMessage>): void {
  const edge = { edge: 'edge-1', version: null, stopped: false, closed: {} };
  hear(jsonMessage(controlSubjects.edge, { ...edge, ...message }));
}

function fail(): never {
  throw new BusError('disconnected', 'the bus is away');
}

test('a first question that the bus does not take fails, and is not asked again', async () => {
  const ask = vi.fn(fail);
  await expect(registry.results('q', ask)).rejects.toMatchObject({ reason: 'upstream_unavailable' });
  expect(vi.getTimerCount()).toBe(0);
  expect(ask).toHaveBeenCalledTimes(1);
});

test('a repeat that the bus does not take is followed by others', async () => {
  const ask = vi.fn(() => {});
  const results = registry.results('q', ask);
  ask.mockImplementation(fail);
  await vi.advanceTimersByTimeAsync(500);
  ask.mockImplementation(() => tell({ result: RESULT }));
  await vi.advanceTimersByTimeAsync(250);
  await expect(results).resolves.toEqual({ confirmed: ['edge-1'], unconfirmed: [], results: [RESULT] });
  expect(ask).toHaveBeenCalledTimes(4);
});
