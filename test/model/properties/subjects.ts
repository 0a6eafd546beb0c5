import { createMemoryStore } from '@admit-one/adapter-memory';
import { openRedisStore } from '@admit-one/adapter-redis';
import type { Outbox, TicketStore } from '@admit-one/core';
import { missingEngines, startRedis } from '@admit-one/testkit';

/** A ticket store that a property is tried on. */
export interface Subject {
  /** Of the same tickets, each as another process would have it. */
  readonly stores: readonly [TicketStore, ...TicketStore[]];
  readonly outbox: Outbox;
  /** Lets store time pass; null where nobody can. */
  readonly pass: ((ms: number) => void) | null;
}

/** The store of one of several processes, in turn. */
export function storeOf({ stores }: Subject, process: number): TicketStore {
  return stores[process % stores.length] ?? stores[0];
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
  start: async () => ({ open: openMemory, stop: async () => {} }),
};

export function openMemory(): Subject {
  let now = Date.UTC(2026, 0, 1);
  const { store, outbox } = createMemoryStore({ source: 'store', now: () => now });
  const pass = (ms: number) => {
    now += ms;
  };
  return { stores: [store], outbox, pass };
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
      open: () => ({ stores: [one.store, other.store], outbox: one.outbox, pass: null }),
      async stop() {
        await Promise.all([one, other].map(({ store }) => store.close()));
        await engine.stop();
      },
    };
  },
};

export const subjects: readonly SubjectKind[] = [memory, redis];
