import { createMemoryStore } from '@admit-one/adapter-memory';
import { createStoreClock, newId, newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { createTelemetry } from '@admit-one/runtime';
import { nowhere } from '@admit-one/testkit';
import { expect, test } from 'vitest';
import { createCommands } from './commands.ts';

const HOUR_MS = 3_600_000;
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
  expect(Math.abs(first - Date.now() - HOUR_MS)).toBeLessThan(1_000);

  ahead = 2 * HOUR_MS;
  const late = await commands.run(ticketIdOf(proofOf(newTicket())), {
    type: 'reserve',
    id: newId(),
    handshake: newId(),
    context: nowhere,
    deadline: first + 1_000,
  });
  expect(late).toMatchObject({ kind: 'rejected', reason: 'deadline_exceeded' });
  expect(Math.abs((await commands.now()) - Date.now() - 2 * HOUR_MS)).toBeLessThan(1_000);
  await store.close();
  await telemetry.close();
});
