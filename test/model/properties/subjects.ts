import { createMemoryStore } from '@admit-one/adapter-memory';
import { openRedisStore } from '@admit-one/adapter-redis';
import {
  type ControlStore,
  createStoreClock,
  createTicketCache,
  type Outbox,
  type StoreClock,
  type TicketCache,
  type TicketStore,
} from '@admit-one/core';
import { missingEngines, startRedis } from '@admit-one/testkit';

/** What a process carries out commands with. */
export interface Process {
  readonly store: TicketStore;
  readonly control: ControlStore;
  readonly memory: TicketCache;
  readonly clock: StoreClock;
}

/** A ticket store that a property is tried on. */
export interface Subject {
  /** Several, over one store. */
  readonly processes: readonly [Process, ...Process[]];
  readonly outbox: Outbox;
  /** Lets store time pass; null where nobody can. */
  readonly pass: ((ms: number) => void) | null;
}

/** The processes in turn. */
export function processOf({ processes }: Subject, number: number): Process {
  return processes[number % processes.length] ?? processes[0];
}

function processOver({ store, control }: Pick<Process, 'store' | 'control'>, clock: StoreClock): Process {
  return { store, control, memory: createTicketCache({ clock }), clock };
}

export interface SubjectKind {
  readonly name: string;
  /** Why it cannot run here, or undefined. */
  readonly missing: string | undefined;
  readonly timePasses: boolean;
  /** How often a property is tried on it. */
  readonly runs: number;
  /** Makes ready what all runs share. */
  start(): Promise<{ open(): Subject; stop(): Promise<void> }>;
}

const memory: SubjectKind = {
  name: 'memory',
  missing: undefined,
  timePasses: true,
  runs: 1_000,
  start: async () => ({ open: () => openMemory(), stop: async () => {} }),
};

/** @param adapted what the processes have for a store, given the one that there is */
export function openMemory(adapted: (store: TicketStore) => TicketStore = (store) => store): Subject {
  let now = Date.UTC(2026, 0, 1);
  const clock = { now: () => now, observe: () => {}, synchronized: true };
  const { store, outbox, control } = createMemoryStore({ source: 'store', now: clock.now });
  const open = () => processOver({ store: adapted(store), control }, clock);
  const pass = (ms: number) => {
    now += ms;
  };
  return { processes: [open(), open()], outbox, pass };
}

const missing = missingEngines('redis');

const redis: SubjectKind = {
  name: missing === undefined ? 'Redis' : `Redis (skipped: ${missing})`,
  missing,
  timePasses: false,
  runs: 200,
  async start() {
    const engine = await startRedis();
    const open = () => openRedisStore({ url: engine.url, source: 'store', commandTimeoutMs: 10_000 });
    const [one, other] = await Promise.all([open(), open()]);
    return {
      open: () => ({
        processes: [processOver(one, createStoreClock()), processOver(other, createStoreClock())],
        outbox: one.outbox,
        pass: null,
      }),
      async stop() {
        await Promise.all([one, other].map(({ store }) => store.close()));
        await engine.stop();
      },
    };
  },
};

export const subjects: readonly SubjectKind[] = [memory, redis];
