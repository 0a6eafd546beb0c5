import { createMemoryStore } from '@admit-one/adapter-memory';
import {
  createStoreClock,
  newId,
  newTicket,
  proofOf,
  StoreError,
  type TicketCommand,
  ticketIdOf,
} from '@admit-one/core';
import { createTelemetry } from '@admit-one/runtime';
import { nowhere } from '@admit-one/testkit';
import { expect, test } from 'vitest';
import { createCommands } from './commands.ts';

const HOUR_MS = 3_600_000;

const ticketId = ticketIdOf(proofOf(newTicket()));
const reserve = (deadline: number): TicketCommand => ({
  type: 'reserve',
  id: newId(),
  handshake: newId(),
  context: nowhere,
  deadline,
});

test('deadlines follow the clock of the store, however far it is from ours, and when it jumps', async () => {
  let ahead = HOUR_MS;
  const { store } = createMemoryStore({ source: 'test', now: () => Date.now() + ahead });
  const telemetry = createTelemetry({ service: 'test', instance: 'test' });
  const clock = createStoreClock();
  const commands = createCommands({
    store,
    rejections: store,
    source: 'test',
    clock,
    meter: telemetry.meter,
  });

  const first = await commands.now();
  expect(Math.abs(first - Date.now() - HOUR_MS)).toBeLessThan(60_000);

  ahead = 2 * HOUR_MS;
  const late = await commands.run(ticketId, reserve(first + 1_000));
  expect(late).toMatchObject({ kind: 'rejected', reason: 'deadline_exceeded' });
  expect(Math.abs((await commands.now()) - Date.now() - 2 * HOUR_MS)).toBeLessThan(60_000);
  await store.close();
  await telemetry.close();
});

test('a kept answer of the store is dropped when a command fails, so that readiness does not outlive the store', async () => {
  const memory = createMemoryStore({ source: 'test' }).store;
  let down = false;
  const guarded =
    <Args extends unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    async (...args: Args) => {
      if (down) throw new StoreError('unavailable', 'the store is down');
      return call(...args);
    };
  const store = { ...memory, load: guarded(memory.load), ping: guarded(memory.ping) };
  const telemetry = createTelemetry({ service: 'test', instance: 'test' });
  const commands = createCommands({
    store,
    rejections: store,
    source: 'test',
    clock: createStoreClock(),
    meter: telemetry.meter,
  });

  const now = await commands.ping();
  down = true;
  await expect(commands.run(ticketId, reserve(now + 1_000))).rejects.toThrow('the store is down');
  await expect(commands.ping()).rejects.toThrow('the store is down');
  await memory.close();
  await telemetry.close();
});
