import { createMemoryBus, createMemoryStore } from '@admit-one/adapter-memory';
import {
  type Bus,
  BusError,
  type ControlStore,
  createControlCopy,
  createStoreClock,
  type RequestReply,
  StoreError,
  sessionSubject,
} from '@admit-one/core';
import { entryAbout } from '@admit-one/port-contracts';
import { createLogger } from '@admit-one/runtime';
import { captureLogs } from '@admit-one/testkit';
import { controlSubjects } from '@admit-one/ticket-client';
import { expect, onTestFinished, test } from 'vitest';
import { startControlState } from './control-state.ts';
import { restoreControl } from './restore-control.ts';

test.each([
  { unlistedUntil: 0, answers: false, restored: 1 },
  { unlistedUntil: 5, answers: false, restored: null },
  { unlistedUntil: 5, answers: true, restored: 1 },
])(
  'a copy restores a store by itself where no log-out has left the list: $unlistedUntil, $answers',
  async (given) => {
    const { unlistedUntil, answers, restored } = given;
    const entry = entryAbout(sessionSubject('main', 's'));
    const copy = createControlCopy();
    const version = { generation: 'lost', number: 1 };
    copy.take({ version, entries: [entry], complete: true, more: false, unlistedUntil, now: 1 });
    const { store, control } = createMemoryStore({ source: 'test' });
    onTestFinished(() => store.close());
    const request = async () => {
      if (!answers) throw new BusError('no_responders', 'no audit-service');
      return { entries: [], next: null };
    };
    const restoring = restoreControl(control, copy, { request } as unknown as RequestReply, 1);
    const entries = await restoring.catch((error) =>
      error instanceof BusError ? null : Promise.reject(error),
    );
    expect(entries?.length ?? null).toBe(restored);
  },
);

/** What a state needs, of a store whose entries were never restored. */
function emptyStore() {
  const errors: unknown[] = [];
  const bus = createMemoryBus({ onError: (error) => errors.push(error) });
  onTestFinished(() => bus.close());
  const { store, control } = createMemoryStore({ source: 'test' });
  onTestFinished(() => store.close());
  return { bus, control, errors };
}

function startState(store: ControlStore, bus: Bus) {
  const logs = captureLogs();
  const log = createLogger({ level: 'info', service: 'ticket-service', instance: 'test', destination: logs });
  const state = startControlState({ store, bus, clock: createStoreClock(), log, isExplained: () => false });
  onTestFinished(() => state.stop());
  return { state, logs };
}

test('who asks for the entries of an empty store waits for its first ones, which is no error', async () => {
  const { bus, control, errors } = emptyStore();
  const { state, logs } = startState(control, bus);
  const ask = () => bus.requests.request(controlSubjects.since, { version: null }, 5_000);
  await expect(ask()).rejects.toMatchObject({ code: 'no_responders' });

  await bus.requests.serve(controlSubjects.history, async () => ({ entries: [], next: null }));
  await state.recover().catch(() => state.recover());
  expect(await ask()).toMatchObject({ entries: [], complete: true });
  expect({ errors, logs: logs.text }).toEqual({ errors: [], logs: '' });
});

test('a store whose partitions do not all enforce the entries is not restored', async () => {
  const { bus, control } = emptyStore();
  await bus.requests.serve(controlSubjects.history, async () => ({ entries: [], next: null }));
  let isAway = true;
  const enforce = async () => {
    if (isAway) throw new StoreError('unavailable', 'a partition does not answer');
    await control.enforce();
  };
  const { state } = startState({ ...control, enforce }, bus);
  await expect(state.recover()).rejects.toThrow('a partition does not answer');
  expect(state.restored).toBe(false);
  isAway = false;
  await state.recover();
  expect(state.restored).toBe(true);
});
