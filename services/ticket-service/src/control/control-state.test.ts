import { createMemoryBus, createMemoryStore } from '@admit-one/adapter-memory';
import { createStoreClock } from '@admit-one/core';
import { createLogger } from '@admit-one/runtime';
import { captureLogs } from '@admit-one/testkit';
import { controlSubjects } from '@admit-one/ticket-client';
import { expect, onTestFinished, test } from 'vitest';
import { startControlState } from './control-state.ts';

test('who asks for the entries of an empty store waits for its first ones, which is no error', async () => {
  const errors: unknown[] = [];
  const bus = createMemoryBus({ onError: (error) => errors.push(error) });
  onTestFinished(() => bus.close());
  const { store, control } = createMemoryStore({ source: 'test' });
  onTestFinished(() => store.close());
  const logs = captureLogs();
  const state = startControlState({
    ...{ store: control, bus, clock: createStoreClock(), isExplained: () => false },
    log: createLogger({ level: 'info', service: 'ticket-service', instance: 'test', destination: logs }),
  });
  onTestFinished(() => state.stop());
  const ask = () => bus.requests.request(controlSubjects.since, { version: null }, 5_000);
  await expect(ask()).rejects.toMatchObject({ code: 'no_responders' });

  await bus.requests.serve(controlSubjects.history, async () => ({ entries: [], next: null }));
  await state.recover().catch(() => state.recover());
  expect(await ask()).toMatchObject({ entries: [], complete: true });
  expect({ errors, logs: logs.text }).toEqual({ errors: [], logs: '' });
});
